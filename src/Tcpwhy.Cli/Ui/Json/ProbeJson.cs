using System.Text.Json.Serialization;
using Tcpwhy.Probing;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>A probe's answer as <c>tcpwhy.probe/1</c>: see docs/schemas/probe.json.</summary>
internal sealed record ProbeJson(
    string Schema,
    DateTimeOffset Time,
    ProbeTargetJson Target,
    string? Resolver,
    IReadOnlyList<ProbeAddressJson> Addresses,
    bool KernelWatched,
    IReadOnlyList<FindingJson> Findings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IdleJson? Idle,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReuseJson? Reuse)
{
    public static ProbeJson Of(ProbeResult result, Language language) => new(
        "tcpwhy.probe/1",
        result.Time,
        new ProbeTargetJson(result.Plan.Target.Host, result.Plan.Target.Port, result.Plan.Tls, result.Plan.HttpPath),
        result.Resolver,
        [.. result.Addresses.Select(address => ProbeAddressJson.Of(address, result))],
        result.WatchedKernel,
        [.. result.Findings.Select(finding => FindingJson.Of(finding, language))],
        result.Idle is { } idle ? IdleJson.Of(idle) : null,
        result.Reuse is { } reuse ? ReuseJson.Of(reuse, language) : null);
}

/// <summary>What was probed.</summary>
internal sealed record ProbeTargetJson(string Host, int Port, bool Tls, string? Http);

/// <summary>One address and what came of its attempts.</summary>
internal sealed record ProbeAddressJson(
    string Address,
    int Port,
    int Attempts,
    int Failures,
    string Outcome,
    string? Cause,
    StagesJson StagesSeconds,
    StageTimesJson DistributionSeconds,
    IReadOnlyList<ProbeFailureJson> FailuresBy,
    int? HttpStatus,
    TlsJson? Tls,
    ProbeSocketJson? Socket,
    MtuJson? Mtu)
{
    public static ProbeAddressJson Of(AddressResult address, ProbeResult result)
    {
        StageTimes? resolve = result.Resolve(address.Address.Address.AddressFamily);
        Attempt? failure = address.UsualFailure;
        Attempt shown = address.Shown;
        return new ProbeAddressJson(
            address.Address.Address.ToString(),
            address.Address.Port,
            address.Attempts.Count,
            address.Attempts.Count - address.Answered,
            failure is null ? "ok" : address.IsDead ? Word(failure.Outcome) : "partial",
            failure?.Cause ?? (address.Mtu is { IsBlackHole: true } ? MtuResult.BlackHoleCause : null),
            new StagesJson(Median(resolve), Median(address.Connect), Median(address.Tls), Median(address.FirstByte)),
            new StageTimesJson(DistributionJson.Of(resolve), DistributionJson.Of(address.Connect), DistributionJson.Of(address.Tls), DistributionJson.Of(address.FirstByte)),
            [.. address.Attempts.Where(attempt => !attempt.IsOk)
                .GroupBy(attempt => (attempt.Outcome, attempt.Stage, attempt.Errno, attempt.Cause, attempt.Detail))
                .OrderByDescending(group => group.Count())
                .Select(group => new ProbeFailureJson(group.Count(), Word(group.Key.Outcome), Word(group.Key.Stage), ErrnoName(group.Key.Errno), group.Key.Cause, group.Key.Detail))],
            shown.HttpStatus,
            TlsJson.Of(shown.Session),
            ProbeSocketJson.Of(shown),
            MtuJson.Of(address.Mtu));
    }

    private static double? Median(StageTimes? times) => times is null ? null : DistributionJson.Seconds(times.Median);

    private static string? ErrnoName(int errno) => errno == 0 ? null : Kernel.Errno.Name(errno);

    // TlsAlert as tls_alert.
    private static string Word<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

/// <summary>The median of each stage, null where it was not gone through.</summary>
internal sealed record StagesJson(double? Resolve, double? Connect, double? Tls, double? FirstByte);

/// <summary>How each stage's times are spread.</summary>
internal sealed record StageTimesJson(DistributionJson? Resolve, DistributionJson? Connect, DistributionJson? Tls, DistributionJson? FirstByte);

/// <summary>Times of one stage in seconds.</summary>
internal sealed record DistributionJson(int Count, double Min, double Median, double P95, double Max)
{
    public static DistributionJson? Of(StageTimes? times) =>
        times is null ? null : new(times.Count, Seconds(times.Min), Seconds(times.Median), Seconds(times.P95), Seconds(times.Max));

    public static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}

/// <summary>Attempts that failed in the same way.</summary>
internal sealed record ProbeFailureJson(int Count, string Outcome, string Stage, string? Errno, string? Cause, string? Detail);

/// <summary>The TLS session and its certificate.</summary>
internal sealed record TlsJson(string Protocol, string CipherSuite, bool CertificateValid, IReadOnlyList<string> CertificateFaults, IReadOnlyList<string> Names, string Issuer, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter)
{
    public static TlsJson? Of(TlsSession? session) => session is null ? null : new TlsJson(
        session.Protocol,
        session.CipherSuite,
        session.Faults == Probing.CertificateFaults.None,
        [.. Enum.GetValues<CertificateFaults>().Where(fault => fault != Probing.CertificateFaults.None && session.Faults.HasFlag(fault)).Select(Word)],
        session.Names,
        session.Issuer,
        session.NotBefore,
        session.NotAfter);

    private static string Word(CertificateFaults fault) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.ToString());
}

/// <summary>A connection's socket: options as getsockopt read them back, and tcp_info with units in the names.</summary>
internal sealed record ProbeSocketJson(string Local, string State, SocketOptionsJson Options, string CaState, IReadOnlyList<string> TcpOptions, Dictionary<string, ulong?> TcpInfo)
{
    public static ProbeSocketJson? Of(Attempt attempt) => attempt is not { Options: { } options, Socket: { } socket } ? null : new ProbeSocketJson(
        attempt.Local.ToString(),
        SocketWords.Of(socket.State),
        new SocketOptionsJson(options.ReuseAddress, options.NoDelay, options.KeepAlive, options.KeepAliveIdleSeconds, options.KeepAliveIntervalSeconds, options.KeepAliveProbes,
            options.UserTimeoutMilliseconds, options.MaxSegmentBytes, options.SendBufferBytes, options.ReceiveBufferBytes, options.CongestionControl),
        SocketWords.CongestionState(socket.CongestionState),
        [.. SocketWords.OptionsOf(socket.Options)],
        socket.Fields.ToDictionary(field => field.Name, field => field.Value));
}

/// <summary>Options of a socket under their kernel names.</summary>
internal sealed record SocketOptionsJson(
    bool SoReuseaddr, bool TcpNodelay, bool SoKeepalive, int TcpKeepidleSeconds, int TcpKeepintvlSeconds, int TcpKeepcnt,
    int TcpUserTimeoutMs, int TcpMaxsegBytes, int SoSndbufBytes, int SoRcvbufBytes, string TcpCongestion);

/// <summary>The path's MTU: sizes of whole IP packets in bytes.</summary>
internal sealed record MtuJson(string? Cause, int? PassingBytes, int? InterfaceBytes, MtuDirectionJson There, MtuDirectionJson Back, int Connections)
{
    public static MtuJson? Of(MtuResult? mtu) => mtu is null ? null : new MtuJson(
        mtu.IsBlackHole ? MtuResult.BlackHoleCause : null, MtuDirectionJson.Known(mtu.PassingBytes), MtuDirectionJson.Known(mtu.InterfaceBytes),
        MtuDirectionJson.Of(mtu.There), MtuDirectionJson.Of(mtu.Back), mtu.Connections);
}

/// <summary>One direction of a path.</summary>
internal sealed record MtuDirectionJson(string Outcome, int? PassingBytes, int? VanishingBytes, bool ToldByRouter, long Retransmits, int OutOfOrderSegments)
{
    public static MtuDirectionJson Of(MtuDirection direction) => new(
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(direction.Outcome.ToString()),
        Known(direction.PassingBytes), Known(direction.VanishingBytes), direction.ToldByRouter, direction.Retransmits, direction.OutOfOrder);

    public static int? Known(int bytes) => bytes == 0 ? null : bytes;
}
