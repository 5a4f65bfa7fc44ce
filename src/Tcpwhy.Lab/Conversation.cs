namespace Tcpwhy.Lab;

/// <summary>Both ends of one connection.</summary>
internal sealed record Conversation(ActorSocket Client, ActorSocket Server, Parameters Parameters)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The client sends a request; the server reads it.</summary>
    public async Task RequestAsync(CancellationToken ct)
    {
        (await Client.SendAsync(Parameters.RequestBytes, ct)).Expect("request");
        (await Server.ReceiveAsync(Parameters.RequestBytes, Patience, ct)).Expect("request");
    }

    /// <summary>The server sends its reply; the client reads it.</summary>
    public async Task ReplyAsync(CancellationToken ct)
    {
        (await Server.SendAsync(Parameters.ReplyBytes, ct)).Expect("reply");
        (await Client.ReceiveAsync(Parameters.ReplyBytes, Patience, ct)).Expect("reply");
    }

    public async Task ExchangeAsync(CancellationToken ct)
    {
        await RequestAsync(ct);
        await ReplyAsync(ct);
    }

    /// <summary>What the client sees when it waits for more; its end is then closed.</summary>
    public async Task<string> ClientSeesAsync(TimeSpan timeout, CancellationToken ct)
    {
        Reply reply = await Client.ReceiveToEndAsync(timeout, ct);
        await Client.CloseAsync(ct);
        return reply.Outcome;
    }
}
