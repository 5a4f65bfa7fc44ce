namespace Tcpwhy.Lab.Faults;

/// <summary>A container's network is torn down before its process.</summary>
public sealed class NetnsDestroyed : Fault
{
    public override string Cause => "netns-destroyed";
    public override string Description => "A container's interface is removed while it has connections, then its process ends and its namespace is deleted: the peers are never told.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["idle", "request", "late", "client", "exit", "translated"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Host pod = await stage.Network.AddPodAsync(ct);
        bool caller = stage.Variant == "client";
        if (caller)
            stage.ClientHost = pod;
        else
            stage.ServerHost = pod;
        // 3 retries are about 7 s; the usual 15 are 15 minutes.
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
        Model.Endpoint? called = stage.Variant == "translated" ? VirtualService.Of(stage) : null;
        if (called is { } service)
            await VirtualService.TranslateAsync(stage.Network.Router, service, stage.Service, "drop", ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAsync(listener, stage.Count, ct, called);
        foreach (Conversation conversation in open)
            await conversation.ExchangeAsync(ct);
        if (stage.Variant == "request")
            await AskAsync(stage, open, ct);
        await Stage.SettleAsync(ct);

        await Command.RunAsync(["ip", "-n", pod.Name, "link", "delete", "eth0"], null, ct);
        Actor inside = caller ? await stage.ClientAsync(ct) : await stage.ServerAsync(ct);
        await (stage.Variant == "exit" ? inside.ExitAsync(0, ct) : inside.DieAsync("KILL", ct));
        await Command.RunAsync(["ip", "netns", "delete", pod.Name], null, ct);

        return stage.Made(await Task.WhenAll(open.Select(conversation => OutsideAsync(stage, caller ? conversation.Server : conversation.Client, ct))),
            IsLate(stage) ? ["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"] : ["SILENCE"]);
    }

    /// <summary>Every other request is read, and none is answered.</summary>
    private static async Task AskAsync(Stage stage, Conversation[] open, CancellationToken ct)
    {
        for (int i = 0; i < open.Length; i++)
        {
            (await open[i].Client.SendAsync(stage.Parameters.RequestBytes, ct)).Expect("request");
            if (i % 2 == 1)
                (await open[i].Server.ReceiveAsync(stage.Parameters.RequestBytes, TimeSpan.FromSeconds(10), ct)).Expect("request");
        }
    }

    private static bool IsLate(Stage stage) => stage.Variant is "late" or "translated";

    /// <summary>What the end that is left sees: nothing, until it sends and loses patience.</summary>
    private static async Task<string> OutsideAsync(Stage stage, ActorSocket left, CancellationToken ct)
    {
        if (!IsLate(stage))
            return (await left.ReceiveToEndAsync(TimeSpan.FromSeconds(2), ct)).Outcome;
        // Long enough for the first to have been told before the second gives up.
        await Task.Delay(2500, ct);
        (await left.SendAsync(stage.Parameters.RequestBytes, ct)).Expect("request");
        return (await left.ReceiveToEndAsync(TimeSpan.FromSeconds(30), ct)).Outcome;
    }
}
