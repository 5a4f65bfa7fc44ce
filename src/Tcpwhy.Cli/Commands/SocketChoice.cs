using System.CommandLine;
using System.Net;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Model;
using Tcpwhy.Probing;

namespace Tcpwhy.Cli.Commands;

/// <summary>The options of a command that say how its sockets are set up.</summary>
internal sealed class SocketChoice
{
    private readonly Option<string?> _source = new("--source") { Description = "connect from this address of the host", HelpName = "ADDRESS" };
    private readonly Option<string?> _interface = new("--interface") { Description = "connect through this interface alone", HelpName = "NAME" };
    private readonly Option<bool> _noDelay = new("--no-delay") { Description = "set TCP_NODELAY: send small writes at once" };
    private readonly Option<bool> _reuseAddress = new("--reuse-address") { Description = "set SO_REUSEADDR" };
    private readonly Option<bool> _keepAlive = new("--keepalive") { Description = "set SO_KEEPALIVE, with the three times below" };
    private readonly Option<TimeSpan> _idle;
    private readonly Option<TimeSpan> _interval;
    private readonly Option<int> _probes;
    private readonly Option<TimeSpan> _userTimeout;

    public SocketChoice(Session session)
    {
        _idle = Duration.Option(session, "--keepalive-idle", "silence before the first keep-alive probe (default 30s)", TimeSpan.FromSeconds(30));
        _interval = Duration.Option(session, "--keepalive-interval", "time between keep-alive probes (default 5s)", TimeSpan.FromSeconds(5));
        _probes = WholeNumber.Option(session, "--keepalive-probes", "keep-alive probes without an answer that end it (default 3)", 3, 1, 127);
        _userTimeout = Duration.Option(session, "--user-timeout", "set TCP_USER_TIMEOUT: give up when sent data stays unacknowledged so long", TimeSpan.Zero);
    }

    public IEnumerable<Option> Options => [_source, _interface, _noDelay, _reuseAddress, _keepAlive, _idle, _interval, _probes, _userTimeout];

    public SocketSettings From(ParseResult parsed) => new()
    {
        Source = parsed.GetValue(_source) is { } source ? Address(source) : null,
        Interface = parsed.GetValue(_interface),
        NoDelay = parsed.GetValue(_noDelay),
        ReuseAddress = parsed.GetValue(_reuseAddress),
        KeepAlive = parsed.GetValue(_keepAlive) || IsGiven(parsed, _idle) || IsGiven(parsed, _interval) || IsGiven(parsed, _probes),
        KeepAliveIdle = Seconds(parsed, _idle),
        KeepAliveInterval = Seconds(parsed, _interval),
        KeepAliveProbes = parsed.GetValue(_probes),
        UserTimeout = IsGiven(parsed, _userTimeout) ? parsed.GetValue(_userTimeout) : null,
    };

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static IPAddress Address(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) ? address : throw new ToolException($"--source {text}: an address of this host, as 10.0.0.5", ExitCode.Usage);

    // The kernel counts keep-alive in seconds, up to 32,767.
    private static TimeSpan Seconds(ParseResult parsed, Option<TimeSpan> option)
    {
        TimeSpan time = parsed.GetValue(option);
        return time.Ticks % TimeSpan.TicksPerSecond == 0 && time.TotalSeconds <= short.MaxValue
            ? time
            : throw new ToolException($"{option.Name}: the kernel takes whole seconds from 1s to {short.MaxValue}s", ExitCode.Usage);
    }
}
