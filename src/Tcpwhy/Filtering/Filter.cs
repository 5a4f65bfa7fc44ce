using System.Text;
using Tcpwhy.Model;

namespace Tcpwhy.Filtering;

/// <summary>Chooses connections in the language of <c>ss</c>: <c>state established ( dport = :443 or dst 10.0.0.0/8 )</c>, with <c>pid</c>, <c>comm</c>, <c>netns</c> and <c>container</c> besides. It never changes and may be used by many threads.</summary>
public sealed class Filter
{
    /// <summary>The filter that was not given.</summary>
    public static readonly Filter Everything = new(null);

    private readonly Condition? _condition;

    private Filter(Condition? condition) => _condition = condition;

    /// <summary>Reads a filter given as one argument or as several; a mistake is a <see cref="ToolException"/> that says where it is and what was likely meant.</summary>
    public static Filter Parse(IEnumerable<string> arguments, FilterNames? names = null)
    {
        List<FilterWord> words = FilterWord.Split(string.Join(' ', arguments));
        return words.Count == 0 ? Everything : new Filter(new FilterParser(words, names ?? FilterNames.OfThisHost).Parse());
    }

    /// <summary>Whether the filter chooses the socket, as seen from its own end. Allocates nothing.</summary>
    public bool Matches(in FilterSubject subject) => _condition is null || _condition.Holds(subject);

    /// <summary>Whether the filter chooses the event's connection, seen from either of its ends: <c>dport = :443</c> keeps the client's events and the server's. A <c>not</c> holds when neither end meets the condition. State, process, namespace and container are those of the end that the event tells of. Events of no connection always pass.</summary>
    public bool Matches(Event e) => _condition is null || e switch
    {
        SocketEvent s => Matches(StateOf(s), s.Local, s.Remote, s.Process, s.Netns),
        SocketsWaiting w => Matches(w.State, w.Local, w.Remote, w.Process, w.Netns),
        PoolLooked p => Matches(TcpState.Established, p.Local, p.Remote, p.Process, p.Netns),
        _ => true,
    };

    /// <summary>Whether the filter chooses a connection that broke, seen from either of its ends; its state is no longer known.</summary>
    /// <param name="alone">The finding that it makes alone.</param>
    internal bool Matches(Finding alone)
    {
        if (_condition is null)
            return true;
        Example one = alone.Examples[0];
        bool toldByClient = alone.Peer.Port != 0 || (alone.Local.Port == 0 && alone.Local.Address.Equals(one.Local.Address));
        (ProcessInfo? client, ProcessInfo? server) = toldByClient ? (alone.Process, alone.PeerProcess) : (alone.PeerProcess, alone.Process);
        return Matches(TcpState.Unknown, one.Local, one.Remote, client, toldByClient ? alone.Netns : 0)
            || Matches(TcpState.Unknown, one.Remote, one.Local, server, toldByClient ? 0 : alone.Netns);
    }

    /// <summary>The filter in full: Parse reads it back to an equal one.</summary>
    public override string ToString() => _condition?.ToString() ?? "";

    // The state in which the event found the socket.
    private static TcpState StateOf(SocketEvent e) => e switch
    {
        StateChanged s => s.From,
        ResetSent s => s.State,
        ResetReceived s => s.State,
        SocketError s => s.State,
        Retransmitted s => s.State,
        HeldUp s => s.State,
        SynAckRetransmitted or AcceptQueueFull or SynQueueFull => TcpState.SynReceived,
        AttemptFailed s => s.State,
        CallFailed or SynRejected => TcpState.SynSent,
        Unaccepted => TcpState.Established,
        _ => TcpState.Unknown,
    };

    private bool Matches(TcpState state, Endpoint local, Endpoint remote, ProcessInfo? process, uint netns)
    {
        string name = process?.Comm ?? "";
        Span<byte> comm = stackalloc byte[64];
        comm = Encoding.UTF8.TryGetBytes(name, comm, out int length) ? comm[..length] : Encoding.UTF8.GetBytes(name);
        var subject = new FilterSubject
        {
            State = state,
            Local = FilterSubject.BitsOf(local.Address),
            LocalPort = local.Port,
            Remote = FilterSubject.BitsOf(remote.Address),
            RemotePort = remote.Port,
            Pid = process?.Pid ?? 0,
            Comm = comm,
            Netns = netns,
            Container = process?.Container,
            EitherEnd = true,
        };
        return _condition!.Holds(subject) || _condition.Holds(subject.Turned);
    }
}
