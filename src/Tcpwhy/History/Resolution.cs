namespace Tcpwhy.History;

/// <summary>How finely time is divided; the file has the numbers.</summary>
public enum Resolution
{
    /// <summary>Each reading, for two days.</summary>
    Reading = 0,
    Minute = 1,
    Hour = 2,
}
