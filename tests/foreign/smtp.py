"""Mail through aiosmtpd, a mail server that is not ours: STARTTLS with a private root, a login, and the mails compared by content."""

import email
import email.policy
import pathlib
import ssl
import subprocess
import tempfile

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from world import SICK, WELL, World, check, free_port, until

PASSWORD = "correct horse"


def certificates(folder):
    """A root of one's own, and a certificate for localhost that it has signed."""

    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)

    (folder / "leaf.ext").write_text("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=own root")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=localhost")
    openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "leaf.pem", "-days", "2", "-extfile", "leaf.ext")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    return context


class Mailbox:
    """Keeps every mail, parsed by Python's own parser."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope, session, mail))
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"fieldpost", PASSWORD.encode())
    # Not handled: aiosmtpd itself answers that it doesn't know who that is.
    return AuthResult(success=right, handled=False)


class Secret(Controller):
    def factory(self):
        return SMTP(
            self.handler,
            tls_context=self.tls,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticate,
            hostname="localhost",
        )


def part(mail, kind):
    return mail.get_body((kind,)).get_content().replace("\r\n", "\n")


def main():
    with tempfile.TemporaryDirectory(prefix="fieldpost-smtp-") as name:
        folder = pathlib.Path(name)
        box = Mailbox()
        server = Secret(box, hostname="127.0.0.1", port=free_port())
        server.tls = certificates(folder)
        server.start()
        (folder / "password").write_text(PASSWORD + "\n")
        mail = (
            f'[mail]\nsmtp = "smtp://localhost:{server.port}?tls=required"\nfrom = "fieldpost@post.example"\n'
            f'to = ["support@vendor.example", "oncall@vendor.example"]\nuser = "fieldpost"\n'
            f'password_file = "{folder}/password"\nca_file = "{folder}/ca.pem"\ndigest = "1s"\n'
        )
        world = World(folder, mail)
        try:
            story(world, box)
        finally:
            world.close()
            server.stop()
    print("mail: a test mail, a wrong password, an alert and its end held against aiosmtpd")


def story(world, box):
    world.run("fieldpost-server", "test-mail", "ada@vendor.example", "--config", "server.toml")
    envelope, session, mail = box.mails.pop()
    check(envelope.rcpt_tos == ["ada@vendor.example"], f"the recipient: {envelope.rcpt_tos}")
    check(session.ssl is not None and session.authenticated, "it came below TLS, from somebody who logged in")
    check(mail["Subject"] == "[fieldpost] test" and "can send mail" in part(mail, "plain"), f"the test mail: {mail}")

    config = (world.folder / "server.toml").read_text()
    (world.folder / "wrong").write_text("nobody\n")
    (world.folder / "wrong.toml").write_text(config.replace("/password", "/wrong"))
    world.run("fieldpost-server", "test-mail", "ada@vendor.example", "--config", "wrong.toml", ok=(1,))
    check(not box.mails, "a wrong password sends nothing")

    world.feels(SICK)
    until("the alert is mailed", lambda: len(box.mails) == 1)
    envelope, _, alert = box.mails[0]
    check(envelope.rcpt_tos == ["support@vendor.example", "oncall@vendor.example"], f"both are told: {envelope.rcpt_tos}")
    check(alert["Subject"] == "[fieldpost] acme: problem: trading: database: DOWN", f"the subject: {alert['Subject']}")
    check("acme: problem: trading: database: DOWN\n    since 20" in part(alert, "plain"), f"the text: {part(alert, 'plain')}")
    check("trading: database: DOWN" in part(alert, "html") and "<script>" not in part(alert, "html"), "the HTML")
    check(alert["From"] == "fieldpost@post.example" and alert["Auto-Submitted"] == "auto-generated", "from, and no answers")
    check(not alert.defects and alert["Message-ID"] and alert["Date"], f"a parser has nothing to complain about: {alert.defects}")
    for line in envelope.content.split(b"\r\n"):
        check(len(line) <= 998 and b"\n" not in line and b"\r" not in line, f"lines as RFC 5322 wants them: {line!r}")

    world.feels(WELL)
    until("its end is mailed", lambda: len(box.mails) == 2)
    over = box.mails[1][2]
    check(over["Subject"] == "[fieldpost] acme: over: trading: database: DOWN", f"the subject: {over['Subject']}")
    check(over["References"] == alert["Message-ID"] == over["In-Reply-To"], "both stand in one thread")
    check(world.json("status", ok=(0, 3))["mail"] == {"configured": True, "waiting": 0, "trouble": None}, "nothing waits")


if __name__ == "__main__":
    main()
