using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Tcpwhy.Probing;

/// <summary>What is wrong with a certificate: reasons for a client to refuse it, and none of them a fault of TCP.</summary>
[Flags]
public enum CertificateFaults
{
    None = 0,
    OtherName = 1,
    Expired = 2,
    NotYetValid = 4,

    /// <summary>No chain to an authority that this host trusts.</summary>
    Untrusted = 8,
    Missing = 16,
}

/// <summary>A TLS session as it was agreed, and the server's certificate.</summary>
public sealed record TlsSession
{
    /// <summary>As TLS 1.3.</summary>
    public required string Protocol { get; init; }
    public required string CipherSuite { get; init; }
    public CertificateFaults Faults { get; init; }

    /// <summary>The names that the certificate is for: data from outside.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
    public string Issuer { get; init; } = "";
    public DateTimeOffset? NotBefore { get; init; }
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Of a finished handshake.</summary>
    /// <param name="errors">What the library said of the certificate.</param>
    public static TlsSession Of(SslStream stream, X509Certificate2? certificate, SslPolicyErrors errors, DateTimeOffset now)
    {
        var session = new TlsSession
        {
            Protocol = stream.SslProtocol.ToString().Replace("Tls", "TLS ", StringComparison.Ordinal) switch
            {
                "TLS 12" => "TLS 1.2",
                "TLS 13" => "TLS 1.3",
                var other => other,
            },
            CipherSuite = stream.NegotiatedCipherSuite.ToString(),
        };
        if (certificate is null)
            return session with { Faults = CertificateFaults.Missing };
        DateTimeOffset from = certificate.NotBefore.ToUniversalTime(), until = certificate.NotAfter.ToUniversalTime();
        CertificateFaults faults = now > until ? CertificateFaults.Expired : now < from ? CertificateFaults.NotYetValid : CertificateFaults.None;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            faults |= CertificateFaults.OtherName;
        // A chain that is out of date has chain errors for that alone.
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && (faults & (CertificateFaults.Expired | CertificateFaults.NotYetValid)) == 0)
            faults |= CertificateFaults.Untrusted;
        return session with { Faults = faults, Names = NamesOf(certificate), Issuer = certificate.Issuer, NotBefore = from, NotAfter = until };
    }

    private static List<string> NamesOf(X509Certificate2 certificate)
    {
        List<string> names = [];
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension is not X509SubjectAlternativeNameExtension alternatives)
                continue;
            names.AddRange(alternatives.EnumerateDnsNames());
            foreach (IPAddress address in alternatives.EnumerateIPAddresses())
                names.Add(address.ToString());
        }
        if (names.Count == 0)
            names.Add(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        return names;
    }
}
