using System.Net;
using Tcpwhy.Lab;

namespace Tcpwhy.E2e.Attempts;

/// <summary>The half of a fault that is not the client's, and how our program is told to meet it.</summary>
/// <param name="Cause">What diagnose calls it.</param>
/// <param name="Failures">How many attempts fail.</param>
/// <param name="Options">What the program is told besides the target.</param>
/// <param name="Prepare">Sets the scene, and returns what happens while the program runs.</param>
public sealed record Staged(string Cause, int Failures, string[] Options, Func<Scene, CancellationToken, Task<Func<Task>>> Prepare)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public static Task<Func<Task>> NoListener(Scene scene, CancellationToken ct) => Quiet();

    public static async Task<Func<Task>> WrongBind(Scene scene, CancellationToken ct)
    {
        await (await scene.ServerAsync(ct)).ListenAsync(scene.Service with { Address = IPAddress.Loopback }, ct);
        return await Quiet();
    }

    /// <summary>A server behind a router that treats some segments so; it closes connections that are idle for <paramref name="idleSeconds"/> (0: never).</summary>
    public static Func<Scene, CancellationToken, Task<Func<Task>>> Router(Func<Scene, string> rule, int idleSeconds = 0) => async (scene, ct) =>
    {
        // Of 15 retransmissions only 3, which are 7 s.
        await scene.Network.Client.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
        await scene.ServeAsync(TimeSpan.FromSeconds(idleSeconds), ct);
        await scene.Network.Router.FilterAsync("forward", [rule(scene)], ct);
        return await Quiet();
    };

    public static async Task<Func<Task>> FullQueue(Scene scene, CancellationToken ct)
    {
        const int backlog = 2;
        await scene.ListenAsync(ct, backlog);
        await OthersAsync(scene, backlog + 1, ct);
        return await Quiet();
    }

    public static async Task<Func<Task>> NoPorts(Scene scene, CancellationToken ct)
    {
        await scene.ListenAsync(ct);
        await scene.Network.Client.SetAsync(["net.ipv4.ip_local_port_range=40000 40007"], ct);
        await OthersAsync(scene, 8, ct);
        return await Quiet();
    }

    /// <summary>A server that takes the first bytes of each request and closes.</summary>
    public static async Task<Func<Task>> CloseUnread(Scene scene, CancellationToken ct) => Each(scene, await scene.ListenAsync(ct), async connection =>
    {
        (await connection.ReceiveAsync(10, Patience, ct)).Expect("the beginning of a request");
        await connection.CloseAsync(ct);
    }, ct);

    /// <summary>A server that takes each request and aborts.</summary>
    public static async Task<Func<Task>> LingerZero(Scene scene, CancellationToken ct) => Each(scene, await scene.ListenAsync(ct), async connection =>
    {
        await connection.ReceiveAsync(Scene.Most, TimeSpan.FromMilliseconds(150), ct);
        await connection.AbortAsync(ct);
    }, ct);

    /// <summary>A server that takes each request, and is killed when it has all.</summary>
    public static async Task<Func<Task>> Crash(Scene scene, CancellationToken ct)
    {
        Func<Task> take = Each(scene, await scene.ListenAsync(ct), connection => connection.ReceiveAsync(Scene.Most, TimeSpan.FromMilliseconds(150), ct), ct);
        return async () =>
        {
            await take();
            await (await scene.ServerAsync(ct)).DieAsync("KILL", ct);
        };
    }

    /// <summary>The path breaks once all connections are open.</summary>
    public static async Task<Func<Task>> BrokenPath(Scene scene, CancellationToken ct)
    {
        await scene.ServeAsync(TimeSpan.Zero, ct);
        return async () =>
        {
            while ((await scene.Network.Server.CountersAsync(ct))["Tcp.PassiveOpens"] < scene.Failures)
                await Task.Delay(100, ct);
            await Task.Delay(200, ct);
            await scene.Network.Router.FilterAsync("forward", [$"{scene.ToService} drop", $"{scene.FromService} drop"], ct);
        };
    }

    static Func<Task> Each(Scene scene, ActorSocket listener, Func<ActorSocket, Task> act, CancellationToken ct) => async () =>
    {
        for (int i = 0; i < scene.Failures; i++)
            await act(await TakeAsync(listener, ct));
    };

    /// <summary>The next connection. A machine at work may take longer to start our program than an actor waits.</summary>
    static async Task<ActorSocket> TakeAsync(ActorSocket listener, CancellationToken ct)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return await listener.AcceptAsync(ct);
            }
            catch (LabException) when (tries < 6)
            {
            }
        }
    }

    static async Task OthersAsync(Scene scene, int connections, CancellationToken ct)
    {
        Actor others = await scene.Network.StartActorAsync(scene.Network.Client, "checkout", ct);
        for (int i = 0; i < connections; i++)
            await others.ConnectAsync(scene.Service, ct);
    }

    static Task<Func<Task>> Quiet() => Task.FromResult<Func<Task>>(() => Task.CompletedTask);
}
