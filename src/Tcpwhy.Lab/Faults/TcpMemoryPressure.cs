using System.Globalization;

namespace Tcpwhy.Lab.Faults;

/// <summary>More data in the buffers of TCP than all sockets together may hold.</summary>
public sealed class TcpMemoryPressure : Fault
{
    /// <summary>Connections whose data nobody reads, and how much each holds: together far more than a processor's own reserve of 256 pages, and less than closes a window.</summary>
    const int Hoards = 60, HoardBytes = 80_000;

    const int Before = 20_000, More = 20_000, Unsent = 60_000;

    static readonly TimeSpan Short = TimeSpan.FromSeconds(0.5);

    public override string Cause => "tcp-memory-pressure";
    public override string Description => "Unread data of many connections takes up the memory that TCP may use on this host: what arrives for others is dropped, or what they close is reset.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["unread", "shed"];
    public override IReadOnlyList<string> NeedsGlobal => ["net.ipv4.tcp_mem"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] hoards = await stage.OpenAsync(listener, Hoards, ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        foreach (Conversation hoard in hoards)
            (await hoard.Client.SendAsync(HoardBytes, ct)).Expect("unread data");
        await Stage.SettleAsync(ct);
        bool shed = stage.Variant == "shed";
        if (shed)
            await stage.Network.Router.FilterAsync("forward", [$"{stage.FromService} tcp flags & rst != rst drop"], ct);
        foreach (Conversation conversation in open)
            (await (shed ? conversation.Server : conversation.Client).SendAsync(shed ? Unsent : Before, ct)).Expect("data");
        await Stage.SettleAsync(ct);
        long pages = await PagesAsync(ct);
        List<Task> sent = [];
        using (GlobalSetting.Change(NeedsGlobal[0], string.Create(CultureInfo.InvariantCulture, $"{pages / 4} {pages * 3 / 8} {pages / 2}")))
        {
            foreach (Conversation conversation in open)
                sent.Add(shed ? conversation.Server.CloseAsync(ct) : conversation.Client.SendAsync(More, ct));
            await Task.Delay(Short, ct);
        }
        await Task.WhenAll(sent);
        string[] outcomes = await Task.WhenAll(open.Select(async conversation =>
            shed ? await conversation.ClientSeesAsync(TimeSpan.FromSeconds(5), ct) : (await conversation.Server.ReceiveAsync(Before + More, TimeSpan.FromSeconds(10), ct)).Outcome));
        foreach (Conversation hoard in hoards)
            (await hoard.Server.ReceiveAsync(HoardBytes, TimeSpan.FromSeconds(10), ct)).Expect("unread data");
        return stage.Made(outcomes, shed ? "ECONNRESET" : "OK");
    }

    /// <summary>Pages in the buffers of all TCP sockets of the host.</summary>
    static async Task<long> PagesAsync(CancellationToken ct)
    {
        string[] words = (await File.ReadAllLinesAsync("/proc/net/sockstat", ct)).First(line => line.StartsWith("TCP:", StringComparison.Ordinal)).Split(' ');
        return long.Parse(words[Array.IndexOf(words, "mem") + 1], CultureInfo.InvariantCulture);
    }
}
