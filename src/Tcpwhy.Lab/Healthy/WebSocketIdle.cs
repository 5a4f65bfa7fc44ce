using System.Globalization;
using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>Connections on which almost nothing happens.</summary>
public sealed class WebSocketIdle : HealthyTraffic
{
    const int Sockets = 12;

    public override string Name => "websocket-idle";
    public override string Description => "Twelve WebSockets through HAProxy are idle but for a ping each second, and are closed in the end.";
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "haproxy", "python3"];

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        string script = Path.Combine(network.Directory, $"websocket-{parameters.Port}.py");
        await File.WriteAllTextAsync(script, Script, ct);
        int front = parameters.Port + HaproxyFile.FrontOffset;
        await network.StartDaemonAsync(network.Server, ["python3", script, "serve", $"{parameters.Port}"], parameters.Port, ct);
        var server = new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port);
        string file = HaproxyFile.Write(network, front, server, "", http: true);
        await network.StartDaemonAsync(network.Router, ["haproxy", "-db", "-f", file], front, ct);
        var service = new Endpoint(network.Router.Address(parameters.Ipv6), front);
        string[] said = (await network.Client.RunAsync(["python3", script, "call", $"{service.Address}", $"{front}", $"{Sockets}", $"{duration.TotalSeconds:0}"], ct)).Split(' ');
        return new HealthyRun(service, long.Parse(said[0], CultureInfo.InvariantCulture), long.Parse(said[1], CultureInfo.InvariantCulture));
    }

    /// <summary>RFC 6455 as far as it is needed: the upgrade, pings that are answered, a close that is answered.</summary>
    const string Script = """
        import asyncio, base64, hashlib, os, sys

        async def frame(reader):
            head = await reader.readexactly(2)
            mask = await reader.readexactly(4) if head[1] & 128 else b''
            body = await reader.readexactly(head[1] & 127)
            return head[0] & 15, bytes(b ^ mask[i % 4] for i, b in enumerate(body)) if mask else body

        def made(opcode, body=b'', masked=False):
            key = os.urandom(4) if masked else b''
            body = bytes(b ^ key[i % 4] for i, b in enumerate(body)) if masked else body
            return bytes([128 | opcode, len(body) | (128 if masked else 0)]) + key + body

        async def answer(reader, writer):
            head = await reader.readuntil(b'\r\n\r\n')
            key = next(line.split(b':')[1].strip() for line in head.split(b'\r\n') if line.lower().startswith(b'sec-websocket-key'))
            accept = base64.b64encode(hashlib.sha1(key + b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest())
            writer.write(b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ' + accept + b'\r\n\r\n')
            while True:
                opcode, body = await frame(reader)
                writer.write(made(10 if opcode == 9 else opcode, body))
                if opcode == 8:
                    break
            await writer.drain()
            writer.close()

        async def call(host, port, seconds):
            reader, writer = await asyncio.open_connection(host, port)
            key = base64.b64encode(os.urandom(16))
            writer.write(b'GET / HTTP/1.1\r\nHost: lab\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ' + key + b'\r\n\r\n')
            assert b' 101 ' in await reader.readuntil(b'\r\n\r\n')
            pings = 0
            for second in range(seconds):
                await asyncio.sleep(1)
                writer.write(made(9, b'%d' % second, True))
                assert await frame(reader) == (10, b'%d' % second)
                pings += 1
            writer.write(made(8, b'', True))
            assert (await frame(reader))[0] == 8
            assert await reader.read() == b''
            writer.close()
            return pings

        async def main():
            if sys.argv[1] == 'serve':
                server = await asyncio.start_server(answer, '::', int(sys.argv[2]))
                await server.serve_forever()
            done = await asyncio.gather(*[call(sys.argv[2], int(sys.argv[3]), int(sys.argv[5])) for _ in range(int(sys.argv[4]))], return_exceptions=True)
            print(sum(d for d in done if isinstance(d, int)), sum(1 for d in done if not isinstance(d, int)))

        asyncio.run(main())

        """;
}
