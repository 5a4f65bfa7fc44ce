using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tcpwhy.Serving;

/// <summary>A certificate that nobody trusts, made anew for each run and never written to a disk.</summary>
public static class ThrowAwayCertificate
{
    /// <summary>Signed by itself for localhost and the address, good for a day (and from an hour ago, for clocks differ).</summary>
    public static X509Certificate2 Make(IPAddress address, DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=tcpwhy listen", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
    }
}
