namespace Tcpwhy.Probing;

/// <summary>How an idle connection ends, as the end that keeps it sees it.</summary>
public enum IdleEnd
{
    /// <summary>The other end closes it.</summary>
    Fin,

    /// <summary>A reset comes while it is idle.</summary>
    Reset,

    /// <summary>A reset answers the first segment after the idle time.</summary>
    ResetOnUse,

    /// <summary>Nobody says so: what is sent after the idle time gets no answer.</summary>
    Silence,
}
