"""A real SMTP server for tests. Writes its port, then one JSON line for each message it took.

Arguments: --refuse N in 10 messages (for a while: 451; none more than six times), --login USER PASSWORD, --tls CERT KEY, --slow SECONDS,
--never ADDRESS (for good: 550).
"""
import argparse, asyncio, collections, email, email.policy, json, random, ssl, sys
from aiosmtpd.smtp import AuthResult, SMTP

parser = argparse.ArgumentParser()
parser.add_argument("--refuse", type=int, default=0)
parser.add_argument("--login", nargs=2)
parser.add_argument("--tls", nargs=2)
parser.add_argument("--slow", type=float, default=0)
parser.add_argument("--never", default="")
options = parser.parse_args()
refused = collections.Counter()


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address == options.never:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(options.slow)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        which = str(message["Message-ID"])
        if random.random() * 10 < options.refuse and refused[which] < 6:
            refused[which] += 1
            return "451 4.3.0 try again"
        part = lambda kind: message.get_body((kind,)).get_content()
        print(json.dumps({
            "to": envelope.rcpt_tos, "from": envelope.mail_from, "tls": session.ssl is not None,
            "login": bool(session.authenticated),
            "headers": [[name, str(value)] for name, value in message.items()],
            "text": part("plain"), "html": part("html"),
        }), flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    right = (data.login.decode(), data.password.decode()) == tuple(options.login)
    return AuthResult(success=right, handled=right)


context = None
if options.tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*options.tls)
make = {"tls_context": context, "require_starttls": context is not None}
if options.login:
    make |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}


async def serve():
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Handler(), hostname="localhost", **make), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # until whoever started it is gone
    await asyncio.to_thread(sys.stdin.read)


asyncio.run(serve())
