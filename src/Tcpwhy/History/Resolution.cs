namespace Tcpwhy.History;

/// <summary>How finely time is divided; the file has the numbers.</summary>
public enum Resolution
{
    /// <summary>Five seconds, which is a reading unless watching ticks faster; for two days.</summary>
    Reading = 0,
    Minute = 1,
    Hour = 2,
}
