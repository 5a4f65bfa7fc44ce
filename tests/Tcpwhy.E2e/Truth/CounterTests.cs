using Tcpwhy.E2e.Lab;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Xunit;
using Fault = Tcpwhy.Lab.Fault;

namespace Tcpwhy.E2e.Truth;

/// <summary>The events of a namespace, added up, are what the kernel's own counters show (nstat).</summary>
public class CounterTests
{
    [Theory]
    [InlineData("conn-refused-no-listener", 13)]
    [InlineData("linger-zero-abort", 17)]
    [InlineData("server-close-unread", 19)]
    [InlineData("stale-conn-reuse", 11)]
    [InlineData("keepalive-race", 7)]
    [InlineData("keepalive-timeout-dead-peer", 5)]
    [InlineData("syn-dropped-firewall", 7)]
    public async Task Events_add_up_to_the_counters(string cause, int count)
    {
        List<string> differences = [];
        // See Diagnosed.AgainAsync: some kernels pass over events.
        for (int tries = 0; tries < 3; tries++)
        {
            differences = await DifferencesAsync(FaultCatalogue.Find(cause)!, count);
            if (differences.Count == 0)
                break;
        }
        Assert.Empty(differences);
    }

    static async Task<List<string>> DifferencesAsync(Fault fault, int count)
    {
        await using Network network = await LabUnderTest.NetworkAsync(fault.Requires);
        CancellationToken ct = TestContext.Current.CancellationToken;
        Host[] hosts = [network.Client, network.Server];
        Dictionary<Host, IReadOnlyDictionary<string, long>> before = [], after = [];
        IReadOnlyList<Event> seen = await Observation.OfAsync(async () =>
        {
            foreach (Host host in hosts)
                before[host] = await host.CountersAsync(ct);
            await fault.MakeAsync(network, new Parameters { Count = count }, ct);
            foreach (Host host in hosts)
                after[host] = await host.CountersAsync(ct);
        });

        List<string> differences = [];
        foreach (Host host in hosts)
        {
            foreach (var (counter, events) in Counted([.. seen.Where(one => one.Netns == host.Netns)], fault.Cause))
            {
                long moved = after[host][counter] - before[host][counter];
                if (moved != events)
                    differences.Add($"{host.Name} {counter}: {moved}, but {events} events");
            }
        }
        return differences;
    }

    static IEnumerable<(string Counter, int Events)> Counted(List<Event> here, string cause)
    {
        List<ResetSent> resets = [.. here.OfType<ResetSent>()];
        List<StateChanged> deaths = [.. here.OfType<StateChanged>().Where(one => one.To == TcpState.Closed)];
        yield return ("Tcp.OutRsts", resets.Count);
        yield return ("Tcp.EstabResets", deaths.Count(one => one.From is TcpState.Established or TcpState.CloseWait));
        yield return ("Tcp.AttemptFails", deaths.Count(one => one.From is TcpState.SynSent or TcpState.SynReceived));
        yield return ("TcpExt.TCPAbortOnClose", resets.Count(one => one.Reason == "TCP_ABORT_ON_CLOSE"));
        // Of data only the third repetition and later ones are told, of SYNs each.
        if (cause == "syn-dropped-firewall")
            yield return ("Tcp.RetransSegs", here.OfType<Retransmitted>().Count());
        else
            yield return ("TcpExt.TCPAbortOnTimeout", resets.Count(one => one.Reason == "TCP_KEEPALIVE_TIMEOUT"));
    }
}
