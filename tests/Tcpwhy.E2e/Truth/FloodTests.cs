using System.Net;
using System.Net.Sockets;
using Tcpwhy.E2e.Diagnosis;
using Tcpwhy.E2e.Hygiene;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.E2e.Truth;

/// <summary>Events that come faster than they are taken.</summary>
[Collection(nameof(Alone))]
public class FloodTests
{
    const int Flood = 20_000, Batch = 100;
    static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_source_that_is_behind_still_counts_and_ends()
    {
        using ISource? source = WatchedKernel.Open(out string? obstacle);
        Assert.SkipWhen(source is null, obstacle ?? "");
        int events = 0, reports = 0;
        bool ended = false;
        using var window = new CancellationTokenSource();
        Task flood = Task.Run(() => Refuse(window.Token), TestContext.Current.CancellationToken);
        // A thread of its own: a source gives up rights of the thread that runs it.
        await Task.Factory.StartNew(() => source.Run(next =>
        {
            events += next is SocketEvent ? 1 : 0;
            reports += next is TrafficCounted && events is > 0 and < Flood ? 1 : 0;
            ended |= next is Ended;
            if (events == Flood)
                window.Cancel();
            else if (events < Flood && next is SocketEvent && events % Batch == 0)
                Thread.Sleep(Rest);
        }, window.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await flood;
        Assert.True(events >= Flood, $"{events} events");
        Assert.True(reports >= 5, $"{reports} reports beside {events} events");
        Assert.True(ended);
    }

    /// <summary>Each refusal is told by several events.</summary>
    static void Refuse(CancellationToken stop)
    {
        // Bound and not listening: nobody else's.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        while (!stop.IsCancellationRequested)
        {
            using var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            Assert.Throws<SocketException>(() => caller.Connect(taken.LocalEndPoint!));
        }
    }
}
