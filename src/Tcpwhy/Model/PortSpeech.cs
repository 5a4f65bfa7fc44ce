namespace Tcpwhy.Model;

/// <summary>What a service was heard to speak on its port with clients that it understood, and whether it answered any.</summary>
[Flags]
public enum PortSpeech
{
    None = 0,
    Tls = 1,
    Proxy = 2,
    Http = 4,

    /// <summary>A connection that it answered came to its end; what it spoke need not be known.</summary>
    Answers = 8,
}
