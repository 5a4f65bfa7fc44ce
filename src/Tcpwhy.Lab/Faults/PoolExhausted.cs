using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>A program whose pool has fewer connections than its threads, or its own callers, want at a time.</summary>
public sealed class PoolExhausted : Fault
{
    const int Front = 9090;

    static readonly TimeSpan Work = TimeSpan.FromMilliseconds(700), Length = TimeSpan.FromSeconds(24);

    public override string Cause => "pool-exhausted";
    public override string Description => "A service with a pool of 2 connections to a slow server, with threads or with an event loop, has more callers than that; or a program has twice as many threads as connections.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["service", "async", "program"];
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "python3"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        int connections = stage.Variant == "program" ? stage.Count : 2;
        Task serving = Task.WhenAll(Enumerable.Range(0, connections).Select(_ => ServeAsync(listener, end.Token)));
        Made made = stage.Variant == "program" ? await WorkAsync(stage, serving, ct) : await CallAsync(stage, ct);
        await end.CancelAsync();
        await serving;
        return made;
    }

    /// <summary>As many callers as are to wait, and as there are connections, ask again and again, those of the event loop on a new connection each time.</summary>
    static async Task<Made> CallAsync(Stage stage, CancellationToken ct)
    {
        Network network = stage.Network;
        Daemon service = await network.StartDaemonAsync(network.Router, Programs.Python(network, "pool", stage.Variant == "async" ? Async(stage) : Threads(stage)), Front, ct);
        Actor client = await stage.ClientAsync(ct);
        var front = new Endpoint(network.Router.Address(stage.Parameters.Ipv6), Front);
        long stop = Environment.TickCount64 + (long)Length.TotalMilliseconds;
        bool renewed = stage.Variant == "async";
        string[] outcomes = await Task.WhenAll(Enumerable.Range(0, stage.Count + 2).Select(async _ =>
        {
            ActorSocket socket = await client.ConnectAsync(front, ct);
            string outcome = "NOTHING";
            while (Environment.TickCount64 < stop)
            {
                (await socket.SayAsync("ask\n"u8, ct)).Expect("request");
                outcome = (await socket.HearAsync(TimeSpan.FromSeconds(20), ct)).Outcome;
                if (!renewed)
                    continue;
                await socket.CloseAsync(ct);
                socket = await client.ConnectAsync(front, ct);
            }
            await socket.CloseAsync(ct);
            return outcome;
        }));
        return stage.Made(outcomes[2..], "OK") with { Client = service.Info, ClientNetns = network.Router.Netns };
    }

    /// <summary>The threads of a program work until they close their connections, by which the server ends as well.</summary>
    static async Task<Made> WorkAsync(Stage stage, Task serving, CancellationToken ct)
    {
        Network network = stage.Network;
        Daemon program = await network.StartDaemonAsync(network.Client, Programs.Python(network, "program", Program(stage)), Front, ct);
        await serving.WaitAsync(Length + TimeSpan.FromSeconds(10), ct);
        return stage.Made([.. Enumerable.Repeat("OK", stage.Count)], "OK") with { Client = program.Info };
    }

    /// <summary>A slow server: takes a connection and answers each request late, until the fault is over and its client has closed.</summary>
    static async Task ServeAsync(ActorSocket listener, CancellationToken end)
    {
        ActorSocket socket = await listener.AcceptAsync(CancellationToken.None);
        try
        {
            while ((await socket.HearAsync(TimeSpan.FromSeconds(30), end)).IsOk)
            {
                await Task.Delay(Work, end);
                (await socket.SayAsync("done\n"u8, end)).Expect("answer");
            }
            await socket.CloseAsync(end);
        }
        catch (OperationCanceledException)
        {
            // What is open ends with the network.
        }
    }

    const string Pool = """
        import queue, socket, threading, time

        pool = queue.Queue()

        def work():
            back = pool.get()
            back.sendall(b"work\n")
            back.recv(100)
            pool.put(back)

        """;

    static string Threads(Stage stage) => Pool + $$"""
        def serve(front):
            while front.recv(100):
                work()
                front.sendall(b"yes\n")
            front.close()

        for _ in range(2):
            pool.put(socket.create_connection(("{{stage.Service.Address}}", {{stage.Service.Port}})))
        listener = socket.create_server(("::", {{Front}}), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128)
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        """;

    static string Async(Stage stage) => $$"""
        import asyncio

        async def main():
            pool = asyncio.Queue()
            for _ in range(2):
                pool.put_nowait(await asyncio.open_connection("{{stage.Service.Address}}", {{stage.Service.Port}}))

            async def serve(reader, writer):
                while await reader.read(100):
                    back = await pool.get()
                    back[1].write(b"work\n")
                    await back[0].read(100)
                    pool.put_nowait(back)
                    writer.write(b"yes\n")
                writer.close()

            server = await asyncio.start_server(serve, "::", {{Front}})
            other = await asyncio.start_server(serve, "0.0.0.0", {{Front}})
            await asyncio.gather(server.serve_forever(), other.serve_forever())

        asyncio.run(main())
        """;

    static string Program(Stage stage) => Pool + $$"""
        stop = time.monotonic() + {{(int)Length.TotalSeconds}}

        def run():
            while time.monotonic() < stop:
                work()
                time.sleep(0.02)

        for _ in range({{stage.Count}}):
            pool.put(socket.create_connection(("{{stage.Service.Address}}", {{stage.Service.Port}})))
        threads = [threading.Thread(target=run) for _ in range({{2 * stage.Count + 1}})]
        for thread in threads:
            thread.start()
        listener = socket.create_server(("::", {{Front}}), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128)
        for thread in threads:
            thread.join()
        for _ in range({{stage.Count}}):
            pool.get().close()
        threading.Event().wait()
        """;
}
