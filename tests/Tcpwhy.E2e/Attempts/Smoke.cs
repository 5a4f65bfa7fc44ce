using System.Net;
using System.Net.Sockets;
using Tcpwhy.Attempts;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Xunit;
using SocketError = System.Net.Sockets.SocketError;

namespace Tcpwhy.E2e.Attempts;

public class Smoke(ITestOutputHelper output)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task RunAsync(string name, Func<Scene, Task<Func<Task>?>> prepare, int count, int connectMs = 5000, int pauseMs = 0, Action<Socket>? setup = null, bool idle = false, int answerMs = 20000)
    {
        await using var scene = new Scene(await LabUnderTest.NetworkAsync(Requirements.Network));
        Func<Task>? meanwhile = await prepare(scene);
        var netns = NetworkNamespace.List(new ProcFs()).First(n => n.Inode == scene.Network.Client.Netns);
        TimeSpan start = default, finish = default;
        AttemptVerdicts? kernel = null, own = null;
        var ready = new TaskCompletionSource();
        Task client = Task.Run(() => netns.Run(() =>
        {
            long t = TimeProvider.System.GetTimestamp();
            using var judge = AttemptJudge.Start([scene.Service], true);
            using var alone = AttemptJudge.Start([scene.Service], false);
            start = TimeProvider.System.GetElapsedTime(t);
            Assert.True(judge.WatchesKernel, judge.Obstacle);
            List<Socket> open = [];
            Thread[] threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() => Attempt(scene.Service, connectMs, pauseMs, setup, idle, answerMs, failed => { judge.Observe(failed); alone.Observe(failed); })))];
            Array.ForEach(threads, x => x.Start());
            Array.ForEach(threads, x => x.Join());
            t = TimeProvider.System.GetTimestamp();
            kernel = judge.Finish();
            finish = TimeProvider.System.GetElapsedTime(t);
            own = alone.Finish();
        }), Ct);
        if (meanwhile is not null)
            await meanwhile();
        await client;
        output.WriteLine($"{name}: start {start.TotalMilliseconds:0} ms, finish {finish.TotalMilliseconds:0} ms");
        foreach ((string who, AttemptVerdicts v) in new[] { ("kernel", kernel!), ("own", own!) })
            output.WriteLine($"  {who}: {string.Join(", ", v.ByCause)}; {Diagnosis.TrialAssert.Of(v.Findings)}");
    }

    static void Attempt(Endpoint to, int connectMs, int pauseMs, Action<Socket>? setup, bool idle, int answerMs, Action<FailedAttempt> fail)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        setup?.Invoke(socket);
        AttemptStage stage = AttemptStage.Connect;
        Endpoint local = Endpoint.None;
        long since = 0;
        void Fail(int errno, bool late = false, bool fin = false) => fail(new FailedAttempt
        {
            Time = TimeProvider.System.GetUtcNow(), Stage = stage, Local = local, Remote = to, Errno = errno, TimedOut = late, PeerClosed = fin,
            SinceTraffic = since == 0 ? default : TimeProvider.System.GetElapsedTime(since), Sample = null, BytesSent = stage > AttemptStage.Connect ? Scene.Request : 0,
        });
        try
        {
            socket.Blocking = false;
            try { socket.Connect(new IPEndPoint(to.Address, to.Port)); } catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress) { }
            if (!socket.Poll(TimeSpan.FromMilliseconds(connectMs), SelectMode.SelectWrite)) { Fail(0, late: true); return; }
            Span<byte> error = stackalloc byte[4];
            socket.GetRawSocketOption(1, 4, error);
            if (BitConverter.ToInt32(error) is not 0 and int errno) { Fail(errno); return; }
            socket.Blocking = true;
            local = socket.LocalEndPoint is IPEndPoint l ? new Endpoint(l.Address, l.Port) : local;
            byte[] buffer = new byte[4096];
            if (idle)
            {
                stage = AttemptStage.Idle;
                socket.Poll(TimeSpan.FromMilliseconds(answerMs), SelectMode.SelectRead);
                int n = socket.Receive(buffer);
                Fail(0, fin: n == 0);
                return;
            }
            for (int round = 0; round < (pauseMs > 0 ? 2 : 1); round++)
            {
                stage = AttemptStage.Request;
                socket.Send(new byte[Scene.Request]);
                stage = AttemptStage.Response;
                int got = 0;
                while (got < Scene.Answer)
                {
                    if (!socket.Poll(TimeSpan.FromMilliseconds(answerMs), SelectMode.SelectRead)) { Fail(0, late: true); return; }
                    int n = socket.Receive(buffer);
                    if (n == 0) { Fail(0, fin: true); return; }
                    got += n;
                }
                since = TimeProvider.System.GetTimestamp();
                Thread.Sleep(pauseMs);
            }
        }
        catch (SocketException e)
        {
            Fail(e.NativeErrorCode);
        }
    }

    [Fact] public Task A_refused() => RunAsync("refused", _ => Task.FromResult<Func<Task>?>(null), 7);

    [Fact] public Task B_wrongbind() => RunAsync("wrong-bind", async s => { await (await s.ServerAsync(Ct)).ListenAsync(new Endpoint(IPAddress.Loopback, 8080), Ct); return null; }, 5);

    [Fact] public Task C_firewall() => RunAsync("firewall-rst", async s => { await s.ServeAsync(default, Ct); await s.Network.Router.FilterAsync("forward", [$"{s.ToService} reject with tcp reset"], Ct); return null; }, 11);

    [Fact] public Task D_icmp() => RunAsync("firewall-icmp", async s => { await s.ServeAsync(default, Ct); await s.Network.Router.FilterAsync("forward", [$"{s.ToService} reject"], Ct); return null; }, 11);

    [Fact] public Task E_dropped() => RunAsync("syn-dropped", async s => { await s.ServeAsync(default, Ct); await s.Network.Router.FilterAsync("forward", [$"{s.ToService} drop"], Ct); return null; }, 5, connectMs: 2500);

    [Fact] public Task F_unread() => RunAsync("unread", async s =>
    {
        ActorSocket l = await s.ListenAsync(Ct);
        return () => Scene.EachAsync(l, 13, async c => { await c.ReceiveAsync(100, TimeSpan.FromSeconds(5), Ct); await c.CloseAsync(Ct); }, Ct);
    }, 13);

    [Fact] public Task G_linger() => RunAsync("linger", async s =>
    {
        ActorSocket l = await s.ListenAsync(Ct);
        return () => Scene.EachAsync(l, 11, async c => { await c.ReceiveAsync(Scene.Request, TimeSpan.FromSeconds(5), Ct); await c.AbortAsync(Ct); }, Ct);
    }, 11);

    [Fact] public Task H_fin() => RunAsync("fin", async s =>
    {
        ActorSocket l = await s.ListenAsync(Ct);
        return () => Scene.EachAsync(l, 11, async c => { await c.ReceiveAsync(Scene.Request, TimeSpan.FromSeconds(5), Ct); await c.CloseAsync(Ct); }, Ct);
    }, 11);

    [Fact] public Task I_crash() => RunAsync("crash", async s =>
    {
        ActorSocket l = await s.ListenAsync(Ct);
        return async () => { await Scene.EachAsync(l, 7, async c => { await c.ReceiveAsync(Scene.Request, TimeSpan.FromSeconds(5), Ct); }, Ct); await (await s.ServerAsync(Ct)).DieAsync("KILL", Ct); };
    }, 7);

    [Fact] public Task J_race() => RunAsync("race", async s =>
    {
        await s.ServeAsync(TimeSpan.FromSeconds(1), Ct);
        await s.Network.Router.FilterAsync("forward", [$"{s.FromService} tcp flags & fin == fin drop"], Ct);
        return null;
    }, 7, pauseMs: 1300);

    [Fact] public Task K_keepalive() => RunAsync("keepalive", async s =>
    {
        await s.ServeAsync(default, Ct);
        return async () => { await Task.Delay(1500, Ct); await s.Network.Router.FilterAsync("forward", [$"{s.ToService} drop", $"{s.FromService} drop"], Ct); };
    }, 5, idle: true, setup: socket => { socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true); socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 2); socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1); socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 2); });

    [Fact] public Task L_retrans() => RunAsync("retrans", async s =>
    {
        await s.Network.Client.SetAsync(["net.ipv4.tcp_retries2=3"], Ct);
        await s.ServeAsync(default, Ct);
        return async () => { await Task.Delay(1000, Ct); await s.Network.Router.FilterAsync("forward", [$"{s.ToService} drop", $"{s.FromService} drop"], Ct); };
    }, 3, pauseMs: 2500);

    [Fact] public Task M_retransImpatient() => RunAsync("retrans-impatient", async s =>
    {
        await s.ServeAsync(default, Ct);
        return async () => { await Task.Delay(1000, Ct); await s.Network.Router.FilterAsync("forward", [$"{s.ToService} drop", $"{s.FromService} drop"], Ct); };
    }, 3, pauseMs: 2500, answerMs: 4500);

    [Fact] public Task N_overflow() => RunAsync("overflow", async s =>
    {
        await s.ListenAsync(Ct, 2);
        Actor other = await s.Network.StartActorAsync(s.Network.Client, "others", Ct);
        for (int i = 0; i < 3; i++) await other.ConnectAsync(s.Service, Ct);
        return null;
    }, 5, connectMs: 2500);

    [Fact] public Task O_slow() => RunAsync("slow answer", async s => { await s.ListenAsync(Ct); return null; }, 3, answerMs: 1500);

    [Fact] public Task P_ports() => RunAsync("ports", async s =>
    {
        await s.ListenAsync(Ct);
        await s.Network.Client.SetAsync(["net.ipv4.ip_local_port_range=40000 40007"], Ct);
        Actor other = await s.Network.StartActorAsync(s.Network.Client, "others", Ct);
        for (int i = 0; i < 8; i++) await other.ConnectAsync(s.Service, Ct);
        return null;
    }, 13, connectMs: 2500);
}
