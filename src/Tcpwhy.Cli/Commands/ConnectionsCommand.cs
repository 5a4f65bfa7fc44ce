using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Filtering;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>connections [FILTER...]</c>: every TCP socket with its process, container and TCP_INFO.</summary>
internal sealed class ConnectionsCommand : Verb
{
    private readonly Session _session;
    private readonly Argument<string[]> _filter = new("FILTER")
    {
        Description = "which connections, as ss says it: dport = :443, pid 4312, comm java",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<OutputFormat> _format;
    private readonly Option<bool> _withoutBpf = new("--no-ebpf") { Description = "use sock_diag and /proc even where eBPF works" };

    public ConnectionsCommand(Session session)
        : base("connections", "which sockets are there, whose are they, and how do they fare?")
    {
        _session = session;
        _format = Choice.FormatWithLines(session);
        Add(_filter);
        Add(_format);
        Add(_withoutBpf);
        Examples =
        [
            "tcpwhy connections 'state established dst 10.0.0.0/8'",
            "tcpwhy connections 'comm nginx and state close-wait'",
            "tcpwhy connections --format ndjson | jq -c 'select(.tcp_info.total_retrans_segments > 0)'",
        ];
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        Filter filter = Filter.Parse(parsed.GetValue(_filter) ?? []);
        OutputFormat format = parsed.GetValue(_format);
        string? obstacle = null;
        using SocketTable table = parsed.GetValue(_withoutBpf) ? SocketTable.OpenSockDiag(new ProcFs()) : SocketTable.Open(new ProcFs(), out obstacle);
        SocketsUnseen unseen = format == OutputFormat.Text ? WriteText(table, filter) : WriteJson(table, filter, format == OutputFormat.Json);
        SourceNotes.Tell(_session.Talk, obstacle, unseen);
        return ExitCode.Done;
    }

    private SocketsUnseen WriteText(SocketTable table, Filter filter)
    {
        var text = new SocketText(_session.Page, _session.FullWidth);
        SocketsUnseen unseen = table.Read(Chosen(filter, text.Write));
        text.End();
        _session.Out.Flush();
        return unseen;
    }

    private SocketsUnseen WriteJson(SocketTable table, Filter filter, bool document)
    {
        using Stream output = _session.OpenBytes();
        var json = new SocketWriter(output, document);
        json.Begin(table.Source, TimeProvider.System.GetUtcNow());
        SocketsUnseen unseen = table.Read(Chosen(filter, json.Write));
        json.End(unseen);
        return unseen;
    }

    private static SocketHandler Chosen(Filter filter, SocketHandler write) => filter == Filter.Everything ? write : (in TcpSocket socket) =>
    {
        if (filter.Matches(socket.Subject))
            write(socket);
    };
}
