"""A mail server small enough to say in a test what it answers; it speaks SMTP over a real line."""

import contextlib
import socketserver
import threading

GOODBYE = None


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mail.example")
        while line := self.rfile.readline().decode().strip():
            command = line.upper()
            if command.startswith("RCPT"):
                self.reply(self.server.to_people.get(line.partition("<")[2].rstrip(">"), "250 ok"))
            elif command == "DATA":
                self.say("354 go on")
                letter = self.letter()
                reply = self.server.to_letters.pop(0) if self.server.to_letters else "250 ok"
                if reply is not GOODBYE and reply.startswith("250"):
                    self.server.letters.append(letter)
                self.reply(reply)
            elif command == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def letter(self):
        lines = []
        while (line := self.rfile.readline().decode()) not in (".\r\n", ""):
            lines.append(line)
        return "".join(lines)

    def reply(self, words):
        if words is GOODBYE:
            self.connection.close()
            raise ConnectionAbortedError
        self.say(words)

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """`to_people` holds what is answered to an address, `to_letters` what to the next letters; `letters` came in."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.to_people, self.to_letters, self.letters = {}, [], []

    def handle_error(self, request, client_address):
        pass


@contextlib.contextmanager
def mail_server():
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def mailers_for(server):
    host, port = server.server_address
    options = {"host": host, "port": port, "timeout": 5}
    return {"at_once": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
