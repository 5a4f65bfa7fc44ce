using Tcpwhy.Model;

namespace Tcpwhy.Filtering;

/// <summary>A set of TCP states, with the names and groups of <c>ss</c>.</summary>
internal readonly record struct StateSet(uint Bits)
{
    /// <summary>Every state, those included that this program has no name for.</summary>
    public static readonly StateSet All = new(uint.MaxValue);

    private static readonly OrderedDictionary<string, StateSet> Named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["established"] = Of(TcpState.Established),
        ["syn-sent"] = Of(TcpState.SynSent),
        ["syn-recv"] = Of(TcpState.SynReceived, TcpState.NewSynReceived),
        ["fin-wait-1"] = Of(TcpState.FinWait1),
        ["fin-wait-2"] = Of(TcpState.FinWait2),
        ["time-wait"] = Of(TcpState.TimeWait),
        ["closed"] = Of(TcpState.Closed),
        ["close-wait"] = Of(TcpState.CloseWait),
        ["last-ack"] = Of(TcpState.LastAck),
        ["listening"] = Of(TcpState.Listen),
        ["closing"] = Of(TcpState.Closing),
        ["all"] = All,
        ["connected"] = All.Without(Of(TcpState.Closed, TcpState.Listen)),
        ["synchronized"] = All.Without(Of(TcpState.Closed, TcpState.Listen, TcpState.SynSent)),
        ["bucket"] = Of(TcpState.SynReceived, TcpState.NewSynReceived, TcpState.TimeWait),
        ["big"] = All.Without(Of(TcpState.SynReceived, TcpState.NewSynReceived, TcpState.TimeWait)),
    };

    // Other spellings of ss, and those of our own JSON.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["close"] = "closed",
        ["unconnected"] = "closed",
        ["listen"] = "listening",
        ["syn-rcv"] = "syn-recv",
        ["syn-received"] = "syn-recv",
        ["new-syn-received"] = "syn-recv",
        ["fin-wait1"] = "fin-wait-1",
        ["fin-wait2"] = "fin-wait-2",
    };

    /// <summary>The names as they are suggested and listed.</summary>
    public static IEnumerable<string> Names => Named.Keys;

    public static bool TryParse(string name, out StateSet states)
    {
        name = name.Replace('_', '-');
        return Named.TryGetValue(Aliases.GetValueOrDefault(name, name), out states);
    }

    public bool Contains(TcpState state) => (uint)state < 32 && (Bits >> (int)state & 1) != 0;

    public StateSet With(StateSet other) => new(Bits | other.Bits);

    public StateSet Without(StateSet other) => new(Bits & ~other.Bits);

    /// <summary>As a filter would say it: <c>state established state syn-sent</c>, <c>exclude listening</c>.</summary>
    public override string ToString()
    {
        StateSet self = this;
        if (self == All)
            return "state all";
        // Only what is not all but some can hold sockets whose state is not known.
        bool excludes = self.Contains(TcpState.Unknown);
        StateSet named = excludes ? All.Without(self) : self;
        IEnumerable<string> names = Named.Take(11).Where(pair => (pair.Value.Bits & named.Bits) != 0).Select(pair => (excludes ? "exclude " : "state ") + pair.Key);
        return named.Bits == 0 ? "exclude all" : string.Join(' ', names);
    }

    private static StateSet Of(params ReadOnlySpan<TcpState> states)
    {
        uint bits = 0;
        foreach (TcpState state in states)
            bits |= 1u << (int)state;
        return new StateSet(bits);
    }
}
