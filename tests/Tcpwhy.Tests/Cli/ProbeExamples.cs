using System.Net;
using System.Net.Sockets;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Model;
using Tcpwhy.Probing;

namespace Tcpwhy.Tests.Cli;

/// <summary>Answers of probes, as they come from a network that a test cannot have.</summary>
internal static class ProbeExamples
{
    private static readonly DateTimeOffset time = new(2026, 3, 4, 3, 12, 0, TimeSpan.Zero);

    /// <summary>Four addresses: two are well, one is dead, one fails now and then.</summary>
    public static ProbeResult Mixed
    {
        get
        {
            ProbePlan plan = new() { Target = new ProbeTarget("db.example", 5432) };
            return new ProbeResult
            {
                Plan = plan,
                Time = time,
                Resolver = "/etc/resolv.conf: 10.0.0.2, 10.0.0.3",
                Lookups = [.. Enumerable.Range(1, 5).SelectMany(i => new[] { Lookup(AddressFamily.InterNetworkV6, i * 3, "fd00::7"), Lookup(AddressFamily.InterNetwork, i, "10.0.0.7", "10.0.0.8", "10.0.0.9") })],
                WatchedKernel = true,
                Addresses =
                [
                    Address("fd00::7", [.. Enumerable.Range(1, 5).Select(i => Good("fd00::7", 1100 + (i * 50)))]),
                    Address("10.0.0.7", [.. Enumerable.Range(1, 5).Select(i => Good("10.0.0.7", 1000 + (i * 70)))]),
                    Address("10.0.0.8", Good("10.0.0.8", 1200), Good("10.0.0.8", 1300), Reset("10.0.0.8"), Good("10.0.0.8", 1250), Reset("10.0.0.8")),
                    Address("10.0.0.9", [.. Enumerable.Range(1, 5).Select(_ => Silent("10.0.0.9"))]),
                ],
            };
        }
    }

    /// <summary>A name with one address that answers by TLS and HTTP, with a certificate that nobody should accept.</summary>
    public static ProbeResult Secure => new()
    {
        Plan = new() { Target = new ProbeTarget("shop.example", 443), Tls = true, HttpPath = "/health" },
        Time = time,
        Resolver = "/etc/hosts",
        Lookups = [Lookup(AddressFamily.InterNetwork, 1, "10.0.0.7")],
        Addresses =
        [
            Address("10.0.0.7", Good("10.0.0.7", 900) with
            {
                Tls = TimeSpan.FromMilliseconds(12.5),
                FirstByte = TimeSpan.FromMilliseconds(33.25),
                HttpStatus = 200,
                Session = new TlsSession
                {
                    Protocol = "TLS 1.3",
                    CipherSuite = "TLS_AES_256_GCM_SHA384",
                    Faults = CertificateFaults.Expired | CertificateFaults.OtherName,
                    Names = ["old.example", "*.old.example"],
                    Issuer = "CN=Example CA",
                    NotBefore = time.AddDays(-100),
                    NotAfter = time.AddDays(-10),
                },
            }),
        ],
    };

    /// <summary>Nothing answers.</summary>
    public static ProbeResult Dead => Secure with { Addresses = [Address("10.0.0.9", Silent("10.0.0.9"))] };

    /// <summary>Large packets vanish on the way back, so no answer comes.</summary>
    public static ProbeResult BlackHole => Secure with
    {
        Plan = Secure.Plan with { Mtu = true },
        Addresses =
        [
            Address("10.0.0.7", Good("10.0.0.7", 900) with { Outcome = AttemptOutcome.NoAnswer, Stage = AttemptStage.Tls, Cause = MtuResult.BlackHoleCause }) with
            {
                Mtu = new MtuResult
                {
                    InterfaceBytes = 1500,
                    There = new MtuDirection { Outcome = MtuOutcome.Passes, PassingBytes = 1500 },
                    Back = new MtuDirection { Outcome = MtuOutcome.BlackHole, PassingBytes = 1412, VanishingBytes = 1413, OutOfOrder = 2 },
                    Connections = 20,
                },
            },
        ],
    };

    private static Resolved Lookup(AddressFamily family, double milliseconds, params string[] addresses) =>
        new(family, [.. addresses.Select(IPAddress.Parse)], TimeSpan.FromMilliseconds(milliseconds), null);

    private static AddressResult Address(string address, params Attempt[] attempts) => new() { Address = End(address), Attempts = attempts };

    private static Attempt Good(string address, int microseconds) => new()
    {
        Time = time,
        Remote = End(address),
        Local = new Endpoint(IPAddress.Parse(address.Contains(':') ? "fd00::1" : "10.0.0.1"), 41_234),
        Outcome = AttemptOutcome.Ok,
        Stage = AttemptStage.Response,
        Connect = TimeSpan.FromMicroseconds(microseconds),
        Options = new AcceptedOptions
        {
            ReuseAddress = false,
            NoDelay = true,
            KeepAlive = true,
            KeepAliveIdleSeconds = 30,
            KeepAliveIntervalSeconds = 5,
            KeepAliveProbes = 3,
            UserTimeoutMilliseconds = 30_000,
            MaxSegmentBytes = 1448,
            SendBufferBytes = 87_040,
            ReceiveBufferBytes = 131_072,
            CongestionControl = "cubic",
        },
        Socket = new SocketReading(new TcpInfo { tcpi_state = (byte)TcpState.Established, tcpi_rtt = (uint)microseconds, tcpi_snd_cwnd = 10, tcpi_rcv_space = 14_600, tcpi_snd_mss = 1448, tcpi_options = 7, tcpi_min_rtt = uint.MaxValue }, TcpInfo.Size),
    };

    private static Attempt Reset(string address) => Good(address, 1150) with
    {
        Outcome = AttemptOutcome.Reset,
        Errno = Errno.ECONNRESET,
        Cause = "linger-zero-abort",
    };

    private static Attempt Silent(string address) => new()
    {
        Time = time,
        Remote = End(address),
        Outcome = AttemptOutcome.Timeout,
        Cause = "syn-dropped-firewall",
    };

    private static Endpoint End(string address) => new(IPAddress.Parse(address), 5432);
}
