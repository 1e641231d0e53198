//! A small server of static files, for the built page: from a folder or a USB stick, for this machine or for the others in the
//! room. Used by `featherweight serve` and by `cargo xtask serve`.

mod files;

use files::{Answer, Site};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

/// The port that is tried first where none is asked for.
pub const PORT: u16 = 8080;
/// Ports tried one after another where none is asked for.
const TRIES: u16 = 20;
/// Requests answered side by side: a browser opens six connections.
const THREADS: usize = 6;

/// Serves the page in `folder` until the program is ended. `port` is taken as it is, and must be free; without one, the first
/// free of a few is. Only this machine can reach it, unless `lan` is true.
///
/// # Errors
/// One sentence: the folder holds no page, or the port cannot be had.
pub fn serve(folder: &Path, port: Option<u16>, lan: bool) -> Result<(), String> {
    let site = Site::new(folder)?;
    let address = if lan { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
    let server = listen(address, port)?;
    let port = server.server_addr().to_ip().map_or(0, |address| address.port());
    println!("Featherweight is at http://127.0.0.1:{port}/ (end with Ctrl-C)");
    if lan {
        match own_address() {
            Some(own) => println!("Others in this network open http://{own}:{port}/"),
            None => println!("This machine is in no network, so others cannot reach it yet."),
        }
    }
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| server.incoming_requests().for_each(|request| answer(&site, request)));
        }
    });
    Ok(())
}

fn listen(address: Ipv4Addr, port: Option<u16>) -> Result<Server, String> {
    let first = port.unwrap_or(PORT);
    let last = if port.is_some() { first } else { first + TRIES };
    let mut refused = String::new();
    for port in first..=last {
        let error = match Server::http(SocketAddr::from((address, port))) {
            Ok(server) => return Ok(server),
            Err(error) => error,
        };
        refused = match error.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
            Some(ErrorKind::AddrInUse) => "another program has it".into(),
            Some(ErrorKind::PermissionDenied) => "this system keeps it for its own services".into(),
            _ => error.to_string(),
        };
    }
    Err(if port.is_some() {
        format!("port {first} cannot be had: {refused}; choose another with --port, or leave --port out")
    } else {
        format!("none of the ports {first} to {last} can be had: {refused}; choose another with --port")
    })
}

/// This machine's address in its network: the one it would send from. Nothing is sent.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // An address that documentation is to use: it need only lie outside.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 80)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

fn answer(site: &Site, request: Request) {
    let value = |name: &'static str| {
        let found = request.headers().iter().find(|header| header.field.equiv(name));
        found.map_or(String::new(), |header| header.value.to_string())
    };
    let answer = match request.method() {
        Method::Get | Method::Head => site.answer(request.url(), &value("Accept-Encoding"), &value("If-None-Match")),
        _ => Answer::Missing,
    };
    let answered = match answer {
        Answer::File { file, kind, encoding, tag } => {
            let mut response = Response::from_file(file).with_header(header("Content-Type", kind));
            for (name, value) in [("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding"), ("ETag", &*tag)] {
                response.add_header(header(name, value));
            }
            if let Some(encoding) = encoding {
                response.add_header(header("Content-Encoding", encoding));
            }
            request.respond(response)
        }
        Answer::Unchanged { tag } => {
            request.respond(Response::empty(StatusCode(304)).with_header(header("ETag", &tag)))
        }
        Answer::Missing => request.respond(Response::from_string("There is no such file.").with_status_code(404)),
    };
    // A browser that has gone away wants no answer.
    drop(answered);
}

#[allow(clippy::expect_used)] // names, kinds and encodings are constants of this crate, a tag is made of digits
fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("names and values are ASCII")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test fails by panicking
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_named_or_passed_over() {
        let first = listen(Ipv4Addr::LOCALHOST, Some(0)).unwrap();
        let taken = first.server_addr().to_ip().unwrap().port();
        let refused = listen(Ipv4Addr::LOCALHOST, Some(taken)).err().unwrap();
        assert!(refused.starts_with(&format!("port {taken} cannot be had: another program has it")), "{refused}");
        let second = listen(Ipv4Addr::LOCALHOST, None).unwrap();
        assert_ne!(second.server_addr().to_ip().unwrap().port(), taken);
    }
}
