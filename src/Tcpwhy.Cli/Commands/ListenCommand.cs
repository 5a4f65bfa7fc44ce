using System.CommandLine;
using System.Net.Sockets;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Serving;
using SocketError = System.Net.Sockets.SocketError;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>listen [ADDRESS:]PORT</c>: a test server, well behaved or misbehaving on request.</summary>
internal sealed class ListenCommand : Verb
{
    private readonly Session _session;
    private readonly Argument<string> _at = new("[ADDRESS:]PORT")
    {
        Description = "where to listen; without an address on 127.0.0.1, with * on all, port 0 takes a free one",
    };

    private readonly ListenOptions _options;
    private readonly Option<TimeSpan> _duration;
    private readonly Option<OutputFormat> _format;

    public ListenCommand(Session session)
        : base("listen", "a server to test against, well behaved or misbehaving on request")
    {
        _session = session;
        _options = new ListenOptions(session);
        _duration = Duration.Option(session, "--duration", "end after this time (default: at Ctrl-C)", TimeSpan.Zero);
        _format = Choice.Format(session);
        Add(_at);
        foreach (Option option in _options.All)
            Add(option);
        Add(_duration);
        Add(_format);
        Examples =
        [
            "tcpwhy listen 8080 --mode http --idle-timeout 4s",
            "tcpwhy listen 8080 --close-unread",
            "tcpwhy listen '*:8443' --mode http --tls --response-delay exponential:10ms",
        ];
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        Screen talk = _session.Talk;
        ListenSettings settings = _options.Read(parsed, ListenAddress.Parse(parsed.GetRequiredValue(_at), talk));
        CheckDescriptors(settings, talk);
        using Interrupt interrupt = new();
        using TestServer server = Open(settings, talk);
        TimeSpan limit = parsed.GetValue(_duration);
        ListenText.Announce(server, limit, talk);
        _session.Error.Flush();
        DateTimeOffset start = TimeProvider.System.GetUtcNow();
        if (limit > TimeSpan.Zero)
            interrupt.After(limit);
        using (new ListenProgress(_session, server.Counters))
            server.RunAsync(interrupt.Stop).GetAwaiter().GetResult();

        Listened listened = new(server, start, TimeProvider.System.GetUtcNow(), Cost.Read());
        if (parsed.GetValue(_format) == OutputFormat.Json)
            _session.Out.WriteLine(JsonText.Of(ListenJson.Of(listened), JsonShapes.Document.ListenJson));
        else
            ListenText.Write(listened, _session.Page);
        return interrupt.Status(ExitCode.Done);
    }

    private static TestServer Open(ListenSettings settings, Screen talk)
    {
        Endpoint at = settings.At;
        try
        {
            return TestServer.Open(settings);
        }
        catch (SocketException refused)
        {
            throw refused.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => new ToolException(InUse(at, talk), ExitCode.Usage),
                SocketError.AccessDenied => new ToolException(
                    talk.T("port {0} is for privileged processes: take one from 1024 on, or run it as root", at.Port), ExitCode.PrivilegeMissing),
                SocketError.AddressNotAvailable => new ToolException(
                    talk.T("{0} is not an address of this host (of its current network namespace)", at.Address), ExitCode.Usage),
                SocketError.AddressFamilyNotSupported => new ToolException(talk.T("this host has no IPv6"), ExitCode.KernelFeatureMissing),
                _ => new ToolException($"listen({at}): {refused.Message}", ExitCode.Usage),
            };
        }
    }

    private static string InUse(Endpoint at, Screen talk) => PortHolder.Find(at) switch
    {
        { Pid: > 0 } holder => talk.T("port {0} is in use: {1} (pid {2}) listens on {3}", at.Port, holder.Comm, holder.Pid, holder.At),
        { } holder => talk.T("port {0} is in use: another user's process listens on {1}; run it as root to see which", at.Port, holder.At),
        null => talk.T("port {0} is in use", at.Port),
    };

    // A few descriptors are the runtime's own.
    private static void CheckDescriptors(ListenSettings settings, Screen talk)
    {
        const int Own = 200;
        if (settings.MaxConnections is { } most && FileLimit.Read(new ProcFs(), Environment.ProcessId) is { } limit && most > limit.Soft - Own)
        {
            throw new ToolException(talk.T("--max-connections {0}: this process may open {1} descriptors (ulimit -n), of which it needs {2} itself",
                Measure.Number(most), Measure.Number(limit.Soft), Own), ExitCode.Usage);
        }
    }
}
