using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.E2e.Hygiene;
using Tcpwhy.E2e.Program;
using Tcpwhy.Kernel;
using Xunit;

namespace Tcpwhy.E2e.Serving;

/// <summary>Delays are the ground truth of latency measurements, so they have to be right themselves.</summary>
[Collection(nameof(Alone))]
public class GroundTruthTests(BuiltProgram program)
{
    [Fact]
    public async Task An_answer_comes_after_its_delay_to_2_percent()
    {
        double off = double.MaxValue;
        // The runtime's own timers know whole milliseconds only.
        const double Delay = 10.4;
        for (int round = 0; round < 3 && off > 0.02; round++)
        {
            double quick = await EchoAsync(), slow = await EchoAsync("--response-delay", "10.4ms"), waking = LateToWake(Delay);
            Assert.True(slow >= Delay, $"{slow} ms");
            off = Math.Min(off, Math.Abs(((slow - quick - waking) / Delay) - 1));
        }
        Assert.InRange(off, 0, 0.02);
    }

    /// <summary>How late, in milliseconds, this machine wakes whoever sleeps so long and does nothing else: a virtual CPU that went idle takes up to 0.4 ms, and no server can answer before.</summary>
    static double LateToWake(double milliseconds)
    {
        List<double> late = [];
        var sleeper = new Thread(() =>
        {
            Nap.BePunctual();
            for (int i = 0; i < 100; i++)
            {
                long began = Stopwatch.GetTimestamp();
                Nap.For(TimeSpan.FromMilliseconds(milliseconds));
                late.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds - milliseconds);
            }
        });
        sleeper.Start();
        sleeper.Join();
        return late.Order().ElementAt(10);
    }

    /// <summary>The time of an echo in milliseconds: the first decile, for other programs of this machine make some late and nothing makes one early.</summary>
    async Task<double> EchoAsync(params string[] options)
    {
        using RunningProgram listen = await program.StartAsync([], ["listen", "0", .. options]);
        int port = int.Parse((await listen.SaysAsync("listening")).Split(',')[0].Split(':')[^1], CultureInfo.InvariantCulture);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        byte[] one = new byte[1];
        List<double> took = [];
        for (int i = 0; i < 150; i++)
        {
            long began = Stopwatch.GetTimestamp();
            socket.Send(one);
            socket.Receive(one);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        await listen.SignalAsync("INT");
        await listen.EndAsync();
        // Without the first, which are compiled on the way.
        return took.Skip(50).Order().ElementAt(10);
    }
}
