using System.Net;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Netlink;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>What a death needs beyond its own events, asked for when it happens: whether the other end lives on, and what connection tracking on the way knows of it.</summary>
internal sealed class Inquiry(Watch watch, Namespaces namespaces, KernelEvents events, Func<DateTimeOffset> now)
{
    /// <summary>A load generator that ends resets thousands at once: a sample says as much.</summary>
    private const int MostQuestions = 64, MostNamespaces = 16;

    /// <summary>Who is asked about again within this time was asked about before.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    /// <summary>A question that could not be asked for so long has lost its case.</summary>
    private static readonly TimeSpan Answerable = TimeSpan.FromSeconds(5);

    /// <summary>A server that was called late has by then greeted its client.</summary>
    private static readonly TimeSpan Greeting = TimeSpan.FromMilliseconds(200);

    /// <param name="Dropped">A segment was dropped there: that nothing is known of its connection is then an answer too.</param>
    private readonly record struct Question(uint Netns, Endpoint From, Endpoint To, bool Dropped);

    private readonly Sysctl _sysctl = new(new ProcFs());
    private readonly HashSet<Question> _questions = [];
    private readonly Dictionary<Endpoint, (Endpoint Local, Endpoint Remote)> _wanted = [];
    private readonly HashSet<(Endpoint From, Endpoint To)> _sent = [];
    private readonly Dictionary<Question, DateTimeOffset> _asked = [];
    private DateTimeOffset _notBefore;

    /// <summary>Whether something is to be asked.</summary>
    public bool IsDue => (_questions.Count > 0 || _wanted.Count > 0) && now() >= _notBefore;

    /// <summary>Notes what an event leaves open.</summary>
    public void Observe(Event next)
    {
        switch (next)
        {
            case ResetSent { Socket: not 0 } sent:
                if (_sent.Count >= 1000)
                    _sent.Clear(); // a bound; what matters came a moment ago
                _sent.Add((sent.Local, sent.Remote));
                break;
            case ResetReceived { State: TcpState.Established or TcpState.CloseWait } reset:
                Ask(reset);
                break;
            case ResetSent { Socket: 0 } refusal when !refusal.Answers.HasFlag(TcpFlags.Syn):
                Ask(refusal);
                break;
            case Retransmitted { State: TcpState.Established, Attempt: 3 } again:
                Ask(again);
                break;
            case SocketError { Errno: 110 } gone:
                Ask(gone);
                break;
            case StateChanged { Stranded: true } stranded:
                Ask(stranded);
                break;
            case Dropped { Reason: "NETFILTER_DROP" } dropped when dropped.Flags != TcpFlags.Syn:
                Note(About(dropped));
                break;
            // Of neither does an end tell: what meets a locked socket, and acknowledgements that fit nothing, to and fro.
            case Dropped dropped when dropped is { Reason: "SOCKET_BACKLOG" } or { Reason: "TCP_INVALID_SEQUENCE" or "TCP_ACK_UNSENT_DATA" or "TCP_TOO_OLD_ACK", Flags: TcpFlags.Ack } && IsNew(About(dropped)):
                Want(dropped.Local.Port > dropped.Remote.Port ? dropped.Local : dropped.Remote, dropped);
                break;
            // A SYN-ACK that came again: the client's acknowledgement does not arrive.
            case Dropped { Reason: "TCP_INVALID_SYN", Flags: TcpFlags.Syn | TcpFlags.Ack } again when IsNew(About(again)):
                Want(again.Local, again);
                break;
            case SynAckRetransmitted { Deferred: true } late:
                Want(late.Remote, late);
                _notBefore = next.Time + Greeting;
                break;
            default:
                break;
        }
    }

    /// <summary>Asks, and hands over the answers.</summary>
    public void Run(Action<Event> sink)
    {
        DateTimeOffset time = now();
        if (_asked.Count > 10_000)
            _asked.Clear(); // a bound; what matters is two seconds old
        // What a namespace that is new has to answer waits until it is found.
        _questions.RemoveWhere(question => !namespaces.Knows(question.Netns) && _asked.TryGetValue(question, out DateTimeOffset noted) && time - noted > Answerable);
        foreach (IGrouping<uint, Question> there in _questions.Where(question => namespaces.Knows(question.Netns)).GroupBy(question => question.Netns).Take(MostNamespaces))
            namespaces.TryEnter(there.Key, () => Ask([.. there], sink));
        _questions.RemoveWhere(question => namespaces.Knows(question.Netns));
        // Of a reset that this host's own socket sent, the other end is known.
        Endpoint[] wanted = [.. _wanted.Where(want => !_sent.Contains((want.Value.Remote, want.Value.Local))).Select(want => want.Key)];
        foreach (Endpoint[] look in wanted.Chunk(Wanted.Most))
            Search(look, sink);
        _wanted.Clear();
        _sent.Clear();
        _notBefore = time;
    }

    /// <summary>Of an end in trouble: the other end, wherever on this host, has the same client.</summary>
    private void Ask(SocketEvent trouble)
    {
        bool opened = trouble.Sample?.Opener is Opener.Local or Opener.Remote ? trouble.Sample.Opener == Opener.Local : trouble.Local.Port > trouble.Remote.Port;
        Want(opened ? trouble.Local : trouble.Remote, trouble);
        foreach (uint netns in namespaces.Tracking)
            Note(new Question(netns, trouble.Local, trouble.Remote, Dropped: false));
    }

    private void Want(Endpoint client, SocketEvent trouble)
    {
        if (_wanted.Count < MostQuestions)
            _wanted[client] = (trouble.Local, trouble.Remote);
    }

    private void Note(Question question)
    {
        if (_questions.Count >= MostQuestions || IPAddress.IsLoopback(question.To.Address))
            return;
        if (IsNew(question))
            _questions.Add(question);
    }

    private static Question About(Dropped dropped) => new(dropped.Netns, dropped.Remote, dropped.Local, Dropped: true);

    private bool IsNew(Question question)
    {
        DateTimeOffset time = now();
        if (_asked.TryGetValue(question, out DateTimeOffset before) && time - before < Again)
            return false;
        _asked[question] = time;
        return true;
    }

    private void Ask(Question[] questions, Action<Event> sink)
    {
        using var tracking = new ConntrackSocket();
        string? seconds = _sysctl.Text("net.netfilter.nf_conntrack_tcp_timeout_established");
        TimeSpan timeout = int.TryParse(seconds, out int number) ? TimeSpan.FromSeconds(number) : TimeSpan.Zero;
        foreach (Question question in questions)
        {
            ConntrackEntry? entry = tracking.Find(new ConntrackTuple(Plain(question.From), Plain(question.To)));
            if (entry is null && !question.Dropped)
                continue;
            sink(new ConntrackLooked
            {
                Time = now(),
                Netns = question.Netns,
                Local = question.To,
                Remote = question.From,
                Known = entry is not null,
                OneWay = entry is { OneWay: true },
                HalfOpen = entry is { HalfOpen: true },
                Caller = entry is null ? default : Of(entry.Original.Source),
                Called = entry is null ? default : Of(entry.Original.Destination),
                Answerer = entry is null ? default : Of(entry.Reply.Source),
                AnsweredTo = entry is null ? default : Of(entry.Reply.Destination),
                IdleTimeout = timeout,
            });
        }
    }

    private void Search(Endpoint[] ends, Action<Event> sink)
    {
        HashSet<ulong> seen = [];
        watch.Search(ends.Select(Plain), (in KernelEvent raw) =>
        {
            // Processes that share a socket each show it.
            if (raw.kind == EventKind.Found && seen.Add(raw.sock) && events.Translate(raw) is { } found)
                sink(found);
        });
    }

    private static IPEndPoint Plain(Endpoint end) => new(end.Address, end.Port);

    private static Endpoint Of(IPEndPoint end) => new(end.Address, end.Port);
}
