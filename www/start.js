// Starts the page, in the visitor's language. A script of its own, since the content security policy allows none in the page's text.
import start from "./page.js";

// The key is src/app/language/toggle.rs's.
function chosen() {
  try {
    return localStorage.getItem("featherweight-language");
  } catch {
    return null; // withheld: as the browser is set
  }
}

const persian = (chosen() ?? navigator.language ?? "").startsWith("fa");

if (persian) {
  document.documentElement.lang = "fa";
  document.documentElement.dir = "rtl";
  for (const element of document.querySelectorAll("[data-fa]")) {
    element.textContent = element.dataset.fa;
  }
  // The page will ask for its texts as soon as it runs.
  const texts = document.createElement("link");
  Object.assign(texts, { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: "./texts/fa.json" });
  document.head.append(texts);
}

// What is drawn later is styled later.
function styleTheRest() {
  const rest = document.createElement("link");
  Object.assign(rest, { rel: "stylesheet", href: "./rest.css" });
  document.head.append(rest);
}

start({ module_or_path: new URL("./page_bg.wasm", import.meta.url) }).then(styleTheRest, (error) => {
  const place = document.querySelector("#loading [role=status]");
  if (place) {
    place.textContent = (persian ? place.dataset.failedFa : place.dataset.failed).replace("{}", error.message);
  }
});
