//! A connection to the live channel.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use tungstenite::client::IntoClientRequest as _;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error as SocketError, HandshakeError, Message, WebSocket};

use crate::{Error, Result};

/// How long the server may take to open a connection, a cold function included.
const OPEN_TIMEOUT: Duration = Duration::from_mins(1);

/// The longest message that is read: the server sends none of more than 32 KiB.
const MESSAGE_BYTES_MAX: usize = 65_535;

/// The connection is gone: the server closed it, or the network did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

/// A connection that a ticket opened.
#[derive(Debug)]
pub struct Socket {
    socket: WebSocket<TcpStream>,
}

impl Socket {
    /// Opens a connection with a ticket, as `POST /v1/live/tickets` gives it.
    ///
    /// # Errors
    /// When the server refuses the ticket, or nothing listens there.
    pub fn open(ticket: &Value) -> Result<Self> {
        let text = |name: &str| ticket[name].as_str().unwrap_or_default();
        let url = text("url");
        let failed = |reason: SocketError| Error::no_reply(format!("Connecting to {url}"), reason);
        let request = format!("{url}?ticket={}", text("ticket"));
        let request = request.into_client_request().map_err(failed)?;
        let host = request.uri().authority().map_or("", |authority| authority.as_str());
        let stream = TcpStream::connect(host).map_err(|error| failed(error.into()))?;
        let timeout = stream.set_read_timeout(Some(OPEN_TIMEOUT));
        timeout.map_err(|error| failed(error.into()))?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_BYTES_MAX))
            .max_frame_size(Some(MESSAGE_BYTES_MAX));
        match tungstenite::client::client_with_config(request, stream, Some(config)) {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(HandshakeError::Failure(SocketError::Http(answer))) => Err(Error::Refused {
                request: format!("Connecting to {url}"),
                status: answer.status().as_u16(),
                text: String::from_utf8_lossy(answer.body().as_deref().unwrap_or_default()).into_owned(),
            }),
            Err(HandshakeError::Failure(error)) => Err(failed(error)),
            Err(HandshakeError::Interrupted(_)) => Err(failed(SocketError::Io(ErrorKind::TimedOut.into()))),
        }
    }

    /// Sends a command.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn send(&mut self, command: &Value) -> Result<(), Closed> {
        let sent = self.socket.send(Message::text(command.to_string()));
        sent.map_err(|_| Closed)
    }

    /// The next frame as JSON. `None` if none comes within `patience`, or something else than text does.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn next(&mut self, patience: Duration) -> Result<Option<Value>, Closed> {
        // A timeout of zero is not one that can be set.
        let patience = patience.max(Duration::from_millis(1));
        let timeout = self.socket.get_ref().set_read_timeout(Some(patience));
        timeout.map_err(|_| Closed)?;
        match self.socket.read() {
            Ok(Message::Text(text)) => Ok(serde_json::from_str(&text).ok()),
            // The library answers a ping by itself.
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_)) => Ok(None),
            Err(SocketError::Io(error)) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Ok(None)
            }
            Ok(Message::Close(_)) | Err(_) => Err(Closed),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread::{JoinHandle, spawn};

    use serde_json::json;

    use super::*;

    const SOON: Duration = Duration::from_millis(50);
    const PATIENCE: Duration = Duration::from_secs(10);

    /// A server of one connection, and a ticket for it.
    fn server<T: Send + 'static>(serve: impl FnOnce(TcpStream) -> T + Send + 'static) -> (Value, JoinHandle<T>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("ws://{}/live", listener.local_addr().unwrap());
        let served = spawn(move || serve(listener.accept().unwrap().0));
        (json!({"url": url, "ticket": "tick"}), served)
    }

    #[test]
    fn commands_are_heard_and_frames_of_any_length_come_one_after_the_other() {
        let long = "x".repeat(30_000);
        let expected = json!({"type": long});
        let (ticket, served) = server(move |stream| {
            let mut server = tungstenite::accept(stream).unwrap();
            let heard = server.read().unwrap().into_text().unwrap().to_string();
            server.send(Message::text(r#"{"type": "pong"}"#)).unwrap();
            server.send(Message::Ping(b"are you there".as_slice().into())).unwrap();
            server.send(Message::text(json!({"type": long}).to_string())).unwrap();
            // The pong that answers the ping.
            let answered = server.read().unwrap().is_pong();
            server.close(None).unwrap();
            (heard, answered)
        });
        let mut socket = Socket::open(&ticket).unwrap();
        socket.send(&json!({"action": "ping"})).unwrap();
        let mut frames = Vec::new();
        while let Ok(frame) = socket.next(PATIENCE) {
            frames.extend(frame);
        }
        assert_eq!(frames, [json!({"type": "pong"}), expected]);
        assert_eq!(served.join().unwrap(), (r#"{"action":"ping"}"#.to_owned(), true));
    }

    #[test]
    fn a_frame_that_comes_in_pieces_is_waited_for_and_not_lost() {
        let (ticket, served) = server(|stream| {
            let mut server = tungstenite::accept(stream).unwrap();
            let raw = server.get_mut();
            // A final text frame of seven bytes, in two pieces.
            raw.write_all(&[0x81, 7, b'{', b'"']).unwrap();
            std::thread::sleep(4 * SOON);
            raw.write_all(b"a\":1}").unwrap();
        });
        let mut socket = Socket::open(&ticket).unwrap();
        assert_eq!(socket.next(SOON), Ok(None));
        let frame = std::iter::repeat_with(|| socket.next(PATIENCE)).find_map(|frame| frame.unwrap());
        assert_eq!(frame, Some(json!({"a": 1})));
        served.join().unwrap();
        assert_eq!(socket.next(PATIENCE), Err(Closed));
    }

    #[test]
    fn a_refused_ticket_tells_the_status() {
        let (ticket, served) = server(|mut stream| {
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            stream
                .write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno")
                .unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        let refused = Socket::open(&ticket).unwrap_err();
        assert!(matches!(refused, Error::Refused { status: 403, .. }), "{refused}");
        assert!(served.join().unwrap().starts_with("GET /live?ticket=tick HTTP/1.1"));
    }

    #[test]
    fn nothing_that_listens_is_no_reply() {
        let nobody = json!({"url": "ws://127.0.0.1:1/live", "ticket": "tick"});
        assert!(matches!(Socket::open(&nobody), Err(Error::NoReply { .. })));
    }
}
