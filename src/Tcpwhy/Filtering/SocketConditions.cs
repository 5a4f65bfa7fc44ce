using System.Text;

namespace Tcpwhy.Filtering;

/// <summary>Which end of a connection is asked for, as seen from the socket.</summary>
internal enum End
{
    Local,
    Remote,
}

internal sealed class StateIs(StateSet states) : Condition
{
    public override bool Holds(in FilterSubject subject) => states.Contains(subject.State);

    public override string ToString() => states.ToString();
}

internal sealed class AddressIn(End end, Network network) : Condition
{
    public override bool Holds(in FilterSubject subject) => network.Contains(end == End.Local ? subject.Local : subject.Remote);

    public override string ToString() => $"{(end == End.Local ? "src" : "dst")} {network}";
}

internal sealed class PortIn(End end, int from, int to) : Condition
{
    public override bool Holds(in FilterSubject subject)
    {
        int port = end == End.Local ? subject.LocalPort : subject.RemotePort;
        return from <= port && port <= to;
    }

    public override string ToString()
    {
        string name = end == End.Local ? "sport" : "dport";
        return from > to ? "not state all" : from == to ? $"{name} = :{from}" : $"( {name} >= :{from} and {name} <= :{to} )";
    }
}

internal sealed class PidIs(int pid) : Condition
{
    public override bool Holds(in FilterSubject subject) => subject.Pid == pid;

    public override string ToString() => $"pid {pid}";
}

internal sealed class CommLike : Condition
{
    // The kernel keeps 15 bytes of a name, so that of a longer one can only be compared as far.
    private const int LongestComm = 15;
    private readonly string _text;
    private readonly byte[] _pattern;
    private readonly bool _glob;

    public CommLike(string text)
    {
        _text = text;
        _glob = Glob.IsPattern(text);
        _pattern = Encoding.UTF8.GetBytes(text);
        if (!_glob && _pattern.Length > LongestComm)
            _pattern = _pattern[..LongestComm];
    }

    public override bool Holds(in FilterSubject subject) =>
        _glob ? Glob.Matches(_pattern, subject.Comm, (byte)'*', (byte)'?') : subject.Comm.SequenceEqual(_pattern);

    public override string ToString() => $"comm {FilterWord.Quote(_text)}";
}

internal sealed class NetnsIs(uint netns) : Condition
{
    public override bool Holds(in FilterSubject subject) => subject.Netns == netns;

    public override string ToString() => $"netns {netns}";
}

/// <summary>The container's id or the beginning of it, whichever of the two sides is the longer, or a pattern.</summary>
internal sealed class ContainerLike(string text) : Condition
{
    // Shorter than this, an id that we know only in part would be met by too much.
    private const int ShortId = 12;
    private readonly bool _glob = Glob.IsPattern(text);

    public override bool Holds(in FilterSubject subject) =>
        _glob ? Glob.Matches(text, subject.Container, '*', '?')
        : text.Length == 0 ? subject.Container.IsEmpty
        : subject.Container.StartsWith(text) || (subject.Container.Length >= ShortId && text.AsSpan().StartsWith(subject.Container));

    public override string ToString() => $"container {FilterWord.Quote(text)}";
}
