using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Tests.Sources;
using Xunit;

namespace Tcpwhy.Tests.Filtering;

/// <summary>Random filters against an evaluator that is too simple to be wrong: strings, regular expressions and IPNetwork.</summary>
public class FilterPropertyTests
{
    private static readonly string[] V4 = ["10.0.0.1", "10.0.0.2", "10.1.0.1", "192.168.7.9", "0.0.0.0"];
    private static readonly string[] V6 = ["::1", "2001:db8::1", "2001:db8:1::1", "fe80::1"];
    private static readonly int[] Ports = [0, 80, 443, 5432, 65535];
    private static readonly string[] Comms = ["java", "javac", "nginx", "j", ""];
    private static readonly string[] Containers = ["", "3f2a9c0d11ee", "3f2aaaaaaaaa", "pod"];

    private sealed record Socket(TcpState State, IPAddress Local, int LocalPort, IPAddress Remote, int RemotePort, int Pid, string Comm, uint Netns, string Container)
    {
        public Socket Turned() => this with { Local = Remote, LocalPort = RemotePort, Remote = Local, RemotePort = LocalPort };
    }

    /// <summary>A filter's text and what it means: for a socket, and whether either end may meet it.</summary>
    private sealed record Sample(string Text, Func<Socket, bool, bool> Means);

    [Fact]
    public void Filter_chooses_what_a_naive_evaluator_chooses()
    {
        var random = new Random(3);
        int chosen = 0, asked = 0;
        for (int round = 0; round < 3000; round++)
        {
            Sample sample = Any(random, 3);
            Filter filter = FilterTests.Parse(sample.Text);
            Filter again = FilterTests.Parse(filter.ToString());
            for (int i = 0; i < 10; i++)
            {
                Socket socket = RandomSocket(random);
                bool expected = sample.Means(socket, false);
                Assert.True(expected == filter.Matches(SubjectOf(socket)), $"{sample.Text}\n{filter}\n{socket}");
                Assert.Equal(expected, again.Matches(SubjectOf(socket)));
                bool either = sample.Means(socket, true) || sample.Means(socket.Turned(), true);
                Assert.True(either == filter.Matches(EventOf(socket)), $"{sample.Text}\n{filter}\n{socket}");
                (chosen, asked) = (chosen + (expected ? 1 : 0), asked + 1);
            }
        }
        Assert.InRange((double)chosen / asked, 0.2, 0.8);
    }

    private static Sample Any(Random random, int depth)
    {
        switch (depth == 0 ? 0 : random.Next(5))
        {
            case 1:
            {
                Sample[] parts = [.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => Any(random, depth - 1))];
                return new Sample($"({string.Join(Pick(random, " or ", " | ", "||"), parts.Select(part => part.Text))})", (s, either) => parts.Any(part => part.Means(s, either)));
            }
            case 2:
            {
                // In parentheses, because states that stand side by side would make one set.
                Sample[] parts = [.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => Any(random, depth - 1))];
                return new Sample($"({string.Join(Pick(random, " and ", " & ", "&&", " "), parts.Select(part => $"({part.Text})"))})", (s, either) => parts.All(part => part.Means(s, either)));
            }
            case 3:
            {
                Sample part = Any(random, depth - 1);
                return new Sample($"{Pick(random, "not ", "! ", "!")}{part.Text}", Negated(part.Means));
            }
            default:
                return One(random);
        }
    }

    private static Func<Socket, bool, bool> Negated(Func<Socket, bool, bool> means) => (s, either) => !(means(s, either) || (either && means(s.Turned(), either)));

    private static Sample One(Random random)
    {
        switch (random.Next(7))
        {
            case 0:
                (string name, TcpState[] states) = Pick(random, ("established", new[] { TcpState.Established }), ("syn-recv", [TcpState.SynReceived, TcpState.NewSynReceived]), ("bucket", [TcpState.SynReceived, TcpState.NewSynReceived, TcpState.TimeWait]));
                return random.Next(2) == 0
                    ? new Sample($"state {name}", (s, _) => states.Contains(s.State))
                    : new Sample($"exclude {name}", (s, _) => !states.Contains(s.State));
            case 1:
            {
                bool local = random.Next(2) == 0;
                int port = Pick(random, Ports);
                (string[] words, Func<int, bool> holds) = Pick<(string[], Func<int, bool>)>(random,
                    ([" = ", " eq ", "==", " "], p => p == port), ([" > ", " gt "], p => p > port), (["<", " lt "], p => p < port), ([">=", " ge ", " geq "], p => p >= port), (["<=", " le ", " leq "], p => p <= port));
                return new Sample($"{(local ? "sport" : "dport")}{Pick(random, words)}{Pick(random, "", ":")}{port}", (s, _) => holds(local ? s.LocalPort : s.RemotePort));
            }
            case 2:
            {
                bool local = random.Next(2) == 0;
                var network = Pick(random, IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("10.0.0.0/31"), IPNetwork.Parse("192.168.7.9/32"), IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2001:db8::/48"), IPNetwork.Parse("::/0"));
                int? port = random.Next(3) == 0 ? Pick(random, Ports) : null;
                bool six = network.BaseAddress.GetAddressBytes().Length == 16;
                string text = (six && port is not null ? $"[{network}]" : $"{network}") + (port is null ? "" : $":{port}");
                bool Holds(Socket s) => network.Contains(local ? s.Local : s.Remote) && (port is null || port == (local ? s.LocalPort : s.RemotePort));
                string end = local ? "src" : "dst";
                return random.Next(3) == 0
                    ? new Sample($"{end} {Pick(random, "!=", "ne", "neq")} {text}", Negated((s, _) => Holds(s)))
                    : new Sample($"{end} {Pick(random, "", "= ", "eq ")}{text}", (s, _) => Holds(s));
            }
            case 3:
                int pid = random.Next(1, 4);
                return new Sample($"pid {pid}", (s, _) => s.Pid == pid);
            case 4:
                string pattern = Pick(random, "java", "j*", "*a*", "?ava", "*x", "*", "??*", "j*v*");
                return new Sample($"comm {Pick(random, pattern, $"'{pattern}'", $"\"{pattern}\"")}", (s, _) => Regex.IsMatch(s.Comm, $"^{pattern.Replace("*", ".*").Replace("?", ".")}$"));
            case 5:
                uint netns = (uint)random.Next(3);
                return new Sample($"netns {netns}", (s, _) => s.Netns == netns);
            default:
                string container = Pick(random, "3f", "3f2a9c", "pod", "3f2a9c0d11eeffff");
                return new Sample($"container {container}", (s, _) => s.Container.StartsWith(container, StringComparison.Ordinal) || (s.Container.Length >= 12 && container.StartsWith(s.Container, StringComparison.Ordinal)));
        }
    }

    private static Socket RandomSocket(Random random)
    {
        string[] family = random.Next(3) == 0 ? V6 : V4;
        return new Socket((TcpState)random.Next(13), IPAddress.Parse(Pick(random, family)), Pick(random, Ports), IPAddress.Parse(Pick(random, family)), Pick(random, Ports), random.Next(4), Pick(random, Comms), (uint)random.Next(3), Pick(random, Containers));
    }

    private static FilterSubject SubjectOf(Socket s) => new()
    {
        State = s.State,
        Local = FilterSubject.BitsOf(s.Local),
        LocalPort = s.LocalPort,
        Remote = FilterSubject.BitsOf(s.Remote),
        RemotePort = s.RemotePort,
        Pid = s.Pid,
        Comm = Encoding.UTF8.GetBytes(s.Comm),
        Netns = s.Netns,
        Container = s.Container,
    };

    private static SocketError EventOf(Socket s) => new()
    {
        Time = SampleEvents.Start,
        Errno = 104,
        State = s.State,
        Local = new Endpoint(s.Local, s.LocalPort),
        Remote = new Endpoint(s.Remote, s.RemotePort),
        Netns = s.Netns,
        Process = new ProcessInfo(s.Pid, s.Comm) { Container = s.Container },
    };

    private static T Pick<T>(Random random, params T[] items) => items[random.Next(items.Length)];
}
