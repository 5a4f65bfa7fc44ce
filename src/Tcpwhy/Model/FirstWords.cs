namespace Tcpwhy.Model;

/// <summary>What the first bytes of one direction of a connection were; all that is kept of payload.</summary>
public enum FirstWords
{
    /// <summary>Nothing was said, or payload is not looked at.</summary>
    Unknown = 0,
    Other = 1,

    /// <summary>A TLS handshake record.</summary>
    Tls = 2,
    TlsAlert = 3,

    /// <summary>A request of HTTP/1, or the preface of HTTP/2.</summary>
    HttpRequest = 4,
    HttpAnswer = 5,

    /// <summary>An HTTP answer with status 400.</summary>
    Http400 = 6,

    /// <summary>A PROXY header of version 1 or 2.</summary>
    Proxy = 7,
}
