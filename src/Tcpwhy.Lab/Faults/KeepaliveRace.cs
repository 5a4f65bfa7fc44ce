namespace Tcpwhy.Lab.Faults;

/// <summary>The server's idle timer closes a connection while a request is on its way.</summary>
public sealed class KeepaliveRace : Fault
{
    static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(1);

    public override string Cause => "keepalive-race";
    public override string Description => "The server closes a connection after 1 s idle, and the client's next request crosses that close.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["deterministic", "natural"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        return stage.Variant == "natural"
            ? stage.Made(await RaceAsync(stage, listener, ct), "ECONNRESET", "EOF", "EPIPE")
            : stage.Made(await CrossAsync(stage, listener, ct), "ECONNRESET");
    }

    /// <summary>The router delays the server's FIN beyond the client's request by dropping it.</summary>
    static async Task<IReadOnlyCollection<string>> CrossAsync(Stage stage, ActorSocket listener, CancellationToken ct)
    {
        Conversation[] pool = await stage.OpenAndExchangeAsync(listener, ct);
        await stage.Network.Router.FilterAsync("forward", [$"{stage.FromService} tcp flags & fin == fin drop"], ct);
        await Task.Delay(IdleTimeout, ct);
        var outcomes = new List<string>();
        foreach (Conversation conversation in pool)
        {
            await conversation.Server.CloseAsync(ct);
            outcomes.Add(await SendAsync(stage, conversation.Client, null, ct));
        }
        await stage.Network.Router.UnfilterAsync(ct);
        return outcomes;
    }

    /// <summary>A true race: each request leaves within a few milliseconds of the server's timer; those that lose count.</summary>
    static async Task<IReadOnlyCollection<string>> RaceAsync(Stage stage, ActorSocket listener, CancellationToken ct)
    {
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, IdleTimeout, ct);
        Actor client = await stage.ClientAsync(ct);
        var lost = new List<string>();
        // Never more at once than are still wanted, so that the count comes out exactly.
        for (int round = 0; lost.Count < stage.Count && round < 60; round++)
        {
            string[] outcomes = await Task.WhenAll(Enumerable.Range(0, stage.Count - lost.Count).Select(async n =>
            {
                ActorSocket socket = await client.ConnectAsync(stage.Service, ct);
                await Task.Delay(n * 20, ct);
                (await socket.ExchangeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, null, ct)).Expect("first request");
                var jitter = TimeSpan.FromMicroseconds(round % 8 * 400);
                return await SendAsync(stage, socket, IdleTimeout + jitter, ct);
            }));
            lost.AddRange(outcomes.Where(outcome => outcome != "OK"));
        }
        return lost;
    }

    static async Task<string> SendAsync(Stage stage, ActorSocket socket, TimeSpan? idle, CancellationToken ct)
    {
        Reply reply = await socket.ExchangeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, idle, ct);
        await socket.CloseAsync(ct);
        return reply.Outcome;
    }
}
