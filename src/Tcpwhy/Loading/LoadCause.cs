namespace Tcpwhy.Loading;

/// <summary>Failures of a load that are none of TCP's: TCP did its work.</summary>
public static class LoadCause
{
    /// <summary>Bytes came that are no answer of the protocol.</summary>
    public const string MalformedAnswer = "malformed-answer";

    /// <summary>The two ends could not agree on TLS, or the certificate is not trusted.</summary>
    public const string TlsHandshake = "tls-handshake";
}
