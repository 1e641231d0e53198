// Starts the page. A script of its own, since the content security policy allows none in the page's text.
import start from "./page.js";

start({ module_or_path: new URL("./page_bg.wasm", import.meta.url) }).catch((error) => {
  const place = document.querySelector("#loading [role=status]");
  if (place) {
    place.textContent = `The page could not start (${error.message}). Reload it; if that does not help, try a current browser.`;
  }
});
