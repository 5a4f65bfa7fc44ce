using System.Runtime.CompilerServices;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;
using Fault = Tcpwhy.Lab.Fault;

namespace Tcpwhy.E2e.Lab;

/// <summary>Makes the recordings of tests/Tcpwhy.Tests/Scenarios anew from real faults, when RECORD_SCENARIOS asks for it.</summary>
public class ScenarioRecorder
{
    static readonly Parameters Few = new() { Count = 3 };
    static readonly Parameters FewOverIpv6 = Few with { Ipv6 = true };

    /// <summary>File name without .jsonl, which begins with the cause, and how the fault is varied.</summary>
    static readonly Dictionary<string, Parameters> Recorded = new()
    {
        ["conn-refused-no-listener"] = Few,
        ["conn-refused-no-listener.ipv6"] = FewOverIpv6,
        ["conn-refused-no-listener.stopped"] = Few with { Variant = "stopped" },
        ["conn-refused-wrong-bind"] = Few,
        ["conn-refused-wrong-bind.v6only"] = Few with { Variant = "v6only" },
        ["conn-refused-firewall-rst"] = Few,
        ["conn-refused-firewall-rst.ipv6"] = FewOverIpv6,
        ["conn-refused-firewall-rst.host"] = Few with { Variant = "host" },
        ["syn-dropped-firewall"] = Few,
        ["syn-dropped-firewall.impatient"] = Few with { Variant = "impatient" },
        ["accept-queue-overflow-drop"] = Few,
        ["accept-queue-overflow-drop.impatient"] = Few with { Variant = "impatient" },
        ["ephemeral-port-exhaustion"] = Few,
        ["stale-conn-reuse"] = Few,
        ["stale-conn-reuse.ipv6"] = FewOverIpv6,
        ["keepalive-race"] = Few,
        ["keepalive-race.natural"] = Few with { Variant = "natural" },
        ["server-close-unread"] = Few,
        ["server-close-unread.ipv6"] = FewOverIpv6,
        ["server-close-unread.early-reply"] = Few with { Variant = "early-reply" },
        ["linger-zero-abort"] = Few,
        ["process-crash"] = Few,
        ["process-crash.exit"] = Few with { Variant = "exit" },
        ["keepalive-timeout-dead-peer"] = Few,
        ["retransmission-timeout"] = Few,
        ["retransmission-timeout.reply"] = Few with { Variant = "reply" },
        ["close-wait-leak"] = Few,
        ["healthcheck-noise"] = Few,
        ["port-scan-noise"] = Few with { Count = 11 },
        ["normal-reset-close"] = Few,
    };

    [Fact]
    public async Task Records_real_faults()
    {
        string? wish = Environment.GetEnvironmentVariable("RECORD_SCENARIOS");
        Assert.SkipWhen(wish is null, "recordings are kept; RECORD_SCENARIOS=all, or a name or two, makes them anew");
        bool Wanted(string name) => wish == "all" || wish.Split(',').Contains(name);
        foreach ((string name, Parameters parameters) in Recorded)
        {
            Fault fault = FaultCatalogue.Find(name.Split('.')[0])!;
            if (Wanted(name))
                await RecordAsync(name, fault.Requires, (network, ct) => fault.MakeAsync(network, parameters, ct));
        }
        if (Wanted("unknown-reset"))
            await RecordAsync("unknown-reset", [.. Requirements.Network, "ss"], KillSocketsAsync);
        if (Wanted("unknown-timeout"))
            await RecordAsync("unknown-timeout", Requirements.Network, CallTheGoneAsync);
    }

    /// <summary>An administrator's <c>ss -K</c> resets connections as a program does, but no program did it.</summary>
    static async Task KillSocketsAsync(Network network, CancellationToken ct)
    {
        var service = new Endpoint(network.Server.Ipv4, 8080);
        Actor server = await network.StartActorAsync(network.Server, "orders-api", ct), client = await network.StartActorAsync(network.Client, "checkout", ct);
        ActorSocket listener = await server.ListenAsync(service, ct);
        for (int i = 0; i < 3; i++)
        {
            ActorSocket near = await client.ConnectAsync(service, ct), far = await listener.AcceptAsync(ct);
            (await near.SendAsync(811, ct)).Expect("request");
            (await far.ReceiveAsync(811, TimeSpan.FromSeconds(5), ct)).Expect("request");
        }
        await network.Server.RunAsync(["ss", "-K", "state", "established", "sport", "=", ":8080"], ct);
    }

    /// <summary>A host that is gone from its own network answers no ARP: neither a firewall nor a full queue.</summary>
    static async Task CallTheGoneAsync(Network network, CancellationToken ct)
    {
        byte[] gone = network.Client.Ipv4.GetAddressBytes();
        gone[^1] = 77;
        Actor client = await network.StartActorAsync(network.Client, "checkout", ct);
        Reply reply = await client.TryConnectAsync(new Endpoint(new(gone), 8080), TimeSpan.FromSeconds(10), ct);
        Assert.Equal("EHOSTUNREACH", reply.Outcome);
    }

    static async Task RecordAsync(string name, IReadOnlyList<string> requires, Func<Network, CancellationToken, Task> act)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using Network network = await LabUnderTest.NetworkAsync(requires);
        IReadOnlyList<Event> events = await Take.OfAsync(network, () => act(network, ct), ct);

        Assert.DoesNotContain(events, next => next is Lost);
        string kernel = ((Started)events.First(next => next is Started)).Kernel!;
        using RecordingWriter recording = RecordingWriter.Create(Path.Combine(Scenarios(), name + ".jsonl"), "lab", kernel, force: true, TimeProvider.System);
        foreach (Event next in events)
            recording.Write(next);
        recording.Finish();
    }

    static string Scenarios([CallerFilePath] string path = "") => Path.GetFullPath("../../Tcpwhy.Tests/Scenarios", Path.GetDirectoryName(path)!);
}
