"""A real SMTP server for tests. Writes its port, then one JSON line for each message it took.

Arguments: --refuse N in 10 messages (for a while: 451; none more than six times), --login USER PASSWORD, --tls CERT KEY (STARTTLS,
or with --wrapped from the first byte), --slow SECONDS before the answer to a message, --never ADDRESS (for good: 550), --port PORT,
--cut N messages in the middle, --lose the answer to N messages that were taken: in both cases the connection ends.
"""
import argparse, asyncio, collections, email, email.policy, json, random, ssl, sys
from aiosmtpd.smtp import AuthResult, SMTP, syntax

parser = argparse.ArgumentParser()
parser.add_argument("--refuse", type=int, default=0)
parser.add_argument("--login", nargs=2)
parser.add_argument("--tls", nargs=2)
parser.add_argument("--slow", type=float, default=0)
parser.add_argument("--never", default="")
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--wrapped", action="store_true")
parser.add_argument("--cut", type=int, default=0)
parser.add_argument("--lose", type=int, default=0)
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
            "to": envelope.rcpt_tos, "from": envelope.mail_from,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "login": bool(session.authenticated),
            "headers": [[name, str(value)] for name, value in message.items()],
            "text": part("plain"), "html": part("html"),
        }), flush=True)
        if options.lose:
            options.lose -= 1
            server.transport.abort()
        return "250 taken"


class Cutting(SMTP):
    @syntax("DATA")
    async def smtp_DATA(self, arg):
        if not options.cut:
            return await super().smtp_DATA(arg)
        options.cut -= 1
        await self.push("354 go on")
        await self._reader.readline()
        self.transport.abort()


def authenticate(server, session, envelope, mechanism, data):
    right = (data.login.decode(), data.password.decode()) == tuple(options.login)
    return AuthResult(success=right, handled=right)


context = None
if options.tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*options.tls)
starts = context is not None and not options.wrapped
make = {"tls_context": context, "require_starttls": True} if starts else {}
if options.login:
    make |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}


async def serve():
    server = await asyncio.get_running_loop().create_server(
        lambda: Cutting(Handler(), hostname="localhost", **make), "127.0.0.1", options.port,
        ssl=context if options.wrapped else None, backlog=200)
    print(server.sockets[0].getsockname()[1], flush=True)
    # until whoever started it is gone
    await asyncio.to_thread(sys.stdin.read)


asyncio.run(serve())
