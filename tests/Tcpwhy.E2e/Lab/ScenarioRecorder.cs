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
        ["time-wait-accumulation"] = new() { Count = 5 },
        ["time-wait-accumulation.table"] = new() { Count = 5, Variant = "table" },
        ["time-wait-bucket-overflow"] = Few,
        ["time-wait-bucket-overflow.client"] = Few with { Variant = "client" },
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
        ["conn-rejected-icmp"] = Few,
        ["conn-rejected-icmp.port"] = Few with { Variant = "port" },
        ["conn-rejected-icmp.route"] = Few with { Variant = "route" },
        ["host-unreachable-neigh"] = Few,
        ["dns-dead-backend"] = Few,
        ["dns-dead-backend.ipv6"] = FewOverIpv6,
        ["dns-dead-backend.silent"] = Few with { Variant = "silent" },
        ["dns-dead-backend.unreachable"] = Few with { Variant = "unreachable" },
        ["dns-dead-backend.redeployed"] = Few with { Variant = "redeployed" },
        ["dns-dead-backend.harmless"] = Few with { Variant = "harmless" },
        ["no-route-local"] = Few,
        ["no-route-local.unreachable"] = Few with { Variant = "unreachable" },
        ["rp-filter-drop"] = Few,
        ["asymmetric-routing"] = Few,
        ["asymmetric-routing.reply"] = Few with { Variant = "reply" },
        ["asymmetric-routing.greeting"] = Few with { Variant = "greeting" },
        ["md5-ao-mismatch"] = Few,
        ["bpf-policy-drop"] = Few,
        ["fd-limit-accept"] = Few,
        ["accept-queue-overflow-rst"] = Few,
        ["listener-closed-queued"] = Few,
        ["listener-closed-queued.request"] = Few with { Variant = "request" },
        ["admin-abort"] = Few,
        ["early-close-while-peer-sends"] = Few,
        ["mptcp-subflow-reset"] = Few,
        ["mptcp-subflow-reset.limit"] = Few with { Variant = "limit" },
        ["mptcp-subflow-reset.later"] = Few with { Variant = "later" },
        ["mptcp-subflow-reset.backend"] = Few with { Variant = "backend" },
        ["netns-destroyed"] = Few,
        ["netns-destroyed.request"] = Few with { Variant = "request" },
        ["netns-destroyed.late"] = Few with { Variant = "late" },
        ["netns-destroyed.client"] = Few with { Variant = "client" },
        ["netns-destroyed.translated"] = Few with { Variant = "translated" },
        ["half-open-peer-gone"] = Few,
        ["half-open-peer-gone.down"] = Few with { Variant = "down" },
        ["user-timeout"] = Few,
        ["conntrack-idle-expiry"] = Few,
        ["conntrack-idle-expiry.reject"] = Few with { Variant = "reject" },
        ["conntrack-idle-expiry.reply"] = Few with { Variant = "reply" },
        ["nat-lb-idle-drop"] = Few,
        ["lb-idle-rst"] = Few,
        ["lb-failover-misroute"] = Few,
        ["k8s-conntrack-invalid-rst"] = Few,
        ["backlog-too-small"] = Few,
        ["syn-queue-overflow-drop"] = Few,
        ["syn-cookies-active"] = Few,
        ["syn-lost-network"] = Few,
        ["syn-lost-network.syn-ack"] = Few with { Variant = "syn-ack" },
        ["conntrack-table-full"] = Few with { AllowGlobal = true },
        ["conntrack-table-full.impatient"] = Few with { AllowGlobal = true, Variant = "impatient" },
        ["snat-port-collision"] = Few,
        ["defer-accept-stall"] = Few,
        ["tfo-blackhole"] = Few,
        ["middlebox-rst"] = Few,
        ["pmtu-blackhole"] = Few,
        ["peer-rebooted-same-tuple"] = Few,
        ["orphan-limit"] = Few with { AllowGlobal = true },
        ["tcp-memory-pressure"] = Few with { AllowGlobal = true },
        ["tcp-memory-pressure.shed"] = Few with { AllowGlobal = true, Variant = "shed" },
        ["zero-window-slow-reader"] = Few,
        ["zero-window-slow-reader.client"] = Few with { Variant = "client" },
        ["packet-loss-slow"] = Few,
        ["packet-loss-slow.upload"] = Few with { Variant = "upload" },
        ["fin-wait-orphan"] = Few,
        ["fin-wait-orphan.request"] = Few with { Variant = "request" },
        ["paws-reject"] = Few,
        ["paws-reject.reply"] = Few with { Variant = "reply" },
        ["spoofed-rst"] = Few,
        ["spoofed-rst.to-client"] = Few with { Variant = "to-client" },
        ["checksum-corruption"] = Few,
        ["checksum-corruption.reply"] = Few with { Variant = "reply" },
        ["seq-desync"] = Few,
        ["seq-desync.acknowledgement"] = Few with { Variant = "acknowledgement" },
        ["seq-desync.loop"] = Few with { Variant = "loop" },
        ["rcvbuf-limited"] = Few,
        ["rcvbuf-limited.download"] = Few with { Variant = "download" },
        ["sndbuf-limited"] = Few,
        ["sndbuf-limited.download"] = Few with { Variant = "download" },
        ["sndbuf-limited.wmem"] = Few with { Variant = "wmem" },
        ["local-queue-drop"] = Few,
        ["local-queue-drop.download"] = Few with { Variant = "download" },
        ["tcp-backlog-drop"] = Few,
        ["tcp-backlog-drop.client"] = Few with { Variant = "client" },
        ["close-wait-leak"] = Few,
        ["lb-timeout-server"] = Few,
        ["lb-timeout-server.nginx"] = Few with { Variant = "nginx" },
        ["lb-timeout-server.python"] = Few with { Variant = "python" },
        ["lb-timeout-client"] = Few,
        ["lb-timeout-client.nginx"] = Few with { Variant = "nginx" },
        ["http-client-abort"] = Few,
        ["http-client-abort.reset"] = Few with { Variant = "reset" },
        ["lb-maxconn-queue"] = Few,
        ["pool-exhausted"] = Few,
        ["pool-exhausted.async"] = Few with { Variant = "async" },
        ["pool-exhausted.program"] = Few with { Variant = "program" },
        ["graceful-restart"] = Few,
        ["graceful-restart.haproxy"] = Few with { Variant = "haproxy" },
        ["connection-churn"] = new() { Count = 211 },
        ["nginx-worker-connections"] = Few,
        ["nginx-worker-connections.idle"] = Few with { Variant = "idle" },
        ["tls-handshake-failure"] = Few,
        ["tls-handshake-failure.untrusted"] = Few with { Variant = "untrusted" },
        ["protocol-mismatch"] = Few,
        ["protocol-mismatch.http-to-tls"] = Few with { Variant = "http-to-tls" },
        ["proxy-protocol-mismatch"] = Few,
        ["proxy-protocol-mismatch.missing-haproxy"] = Few with { Variant = "missing-haproxy" },
        ["proxy-protocol-mismatch.missing-nginx"] = Few with { Variant = "missing-nginx" },
        ["tls-handshake-failure.blind"] = Few,
        ["protocol-mismatch.blind"] = Few with { Variant = "http-to-tls" },
        ["proxy-protocol-mismatch.blind"] = Few with { Variant = "missing-haproxy" },
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
            await RecordAsync("unknown-reset", Requirements.Network, AbortElsewhereAsync, clientAlone: true);
        if (Wanted("unknown-timeout"))
            await RecordAsync("unknown-timeout", Requirements.Network, CallIntoNowhereAsync);
    }

    /// <summary>A program aborts on another host: only its reset is seen here.</summary>
    static async Task AbortElsewhereAsync(Network network, CancellationToken ct)
    {
        var service = new Endpoint(network.Server.Ipv4, 8080);
        Actor server = await network.StartActorAsync(network.Server, "orders-api", ct), client = await network.StartActorAsync(network.Client, "checkout", ct);
        ActorSocket listener = await server.ListenAsync(service, ct);
        for (int i = 0; i < 3; i++)
        {
            ActorSocket near = await client.ConnectAsync(service, ct), far = await listener.AcceptAsync(ct);
            (await near.SendAsync(811, ct)).Expect("request");
            (await far.ReceiveAsync(811, TimeSpan.FromSeconds(5), ct)).Expect("request");
            (await far.AbortAsync(ct)).Expect("abort");
            Assert.Equal("ECONNRESET", (await near.ReceiveToEndAsync(TimeSpan.FromSeconds(5), ct)).Outcome);
        }
    }

    /// <summary>A route into nowhere swallows segments without a reason, and the client gives up before the second SYN is old.</summary>
    static async Task CallIntoNowhereAsync(Network network, CancellationToken ct)
    {
        await network.Router.RunAsync(["ip", "route", "add", "blackhole", "192.0.2.77"], ct);
        Actor client = await network.StartActorAsync(network.Client, "checkout", ct);
        Reply reply = await client.TryConnectAsync(new Endpoint(System.Net.IPAddress.Parse("192.0.2.77"), 8080), TimeSpan.FromSeconds(1.6), ct);
        Assert.Equal("SILENCE", reply.Outcome);
    }

    static async Task RecordAsync(string name, IReadOnlyList<string> requires, Func<Network, CancellationToken, Task> act, bool clientAlone = false)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using Network network = await LabUnderTest.NetworkAsync(requires);
        IReadOnlyList<Event> events = await Take.OfAsync(network, () => act(network, ct), ct, payload: !name.EndsWith(".blind", StringComparison.Ordinal));

        Assert.DoesNotContain(events, next => next is Lost);
        string kernel = ((Started)events.First(next => next is Started)).Kernel!;
        using RecordingWriter recording = RecordingWriter.Create(Path.Combine(Scenarios(), name + ".jsonl"), "lab", kernel, force: true, TimeProvider.System);
        foreach (Event next in events.Where(one => !clientAlone || one.Netns == 0 || one.Netns == network.Client.Netns))
            recording.Write(next);
        recording.Finish();
    }

    static string Scenarios([CallerFilePath] string path = "") => Path.GetFullPath("../../Tcpwhy.Tests/Scenarios", Path.GetDirectoryName(path)!);
}
