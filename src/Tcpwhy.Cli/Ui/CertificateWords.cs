using Tcpwhy.Probing;

namespace Tcpwhy.Cli.Ui;

/// <summary>A TLS session and what its certificate is worth, in one line.</summary>
internal static class CertificateWords
{
    public static string Of(TlsSession session, Screen screen)
    {
        string agreed = $"{session.Protocol}, {session.CipherSuite}";
        if (session.Faults == CertificateFaults.Missing)
            return $"{agreed}; {screen.T("no certificate")}";
        return $"{agreed}; {Certificate(session, screen)}";
    }

    private static string Certificate(TlsSession session, Screen screen)
    {
        string until = session.NotAfter is { } end ? Measure.Date(end) : "?";
        if (session.Faults == CertificateFaults.None)
            return screen.T("certificate good until {0}", until);
        List<string> faults = [];
        if (session.Faults.HasFlag(CertificateFaults.OtherName))
            faults.Add(screen.T("it is for {0}", Names(session.Names)));
        if (session.Faults.HasFlag(CertificateFaults.Expired))
            faults.Add(screen.T("it expired on {0}", until));
        if (session.Faults.HasFlag(CertificateFaults.NotYetValid))
            faults.Add(screen.T("it is good only from {0}", session.NotBefore is { } start ? Measure.Date(start) : "?"));
        if (session.Faults.HasFlag(CertificateFaults.Untrusted))
            faults.Add(screen.T("this host trusts no issuer of it ({0})", session.Issuer));
        return screen.T("clients refuse the certificate: {0}", string.Join("; ", faults));
    }

    private static string Names(IReadOnlyList<string> names) => names.Count <= 3 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(3))}, …";
}
