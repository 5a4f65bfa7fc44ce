using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>An address that only the router knows, and translates to the server's: a load balancer or NAT of the simplest kind.</summary>
internal static class VirtualService
{
    /// <summary>Where clients find the service: addresses for documentation (RFC 5737, RFC 3849), reached by the default route.</summary>
    public static Endpoint Of(Stage stage) =>
        new(IPAddress.Parse(stage.Parameters.Ipv6 ? "2001:db8:7c::10" : "198.51.100.10"), stage.Service.Port);

    /// <summary>nft's words for segments to it.</summary>
    public static string To(Endpoint service) => $"{Family(service)} daddr {service.Address} tcp dport {service.Port}";

    /// <summary>nft's words that send a segment on to a backend.</summary>
    public static string Dnat(Endpoint backend) => $"dnat {Family(backend)} to {backend}";

    /// <summary>Translates to <paramref name="backend"/> what comes for <paramref name="service"/>; <paramref name="forgotten"/> says what becomes of segments that belong to no known connection.</summary>
    public static Task TranslateAsync(Host router, Endpoint service, Endpoint backend, string forgotten, CancellationToken ct) =>
        router.NftAsync($$"""
            table inet balancer
            delete table inet balancer
            table inet balancer {
                chain known {
                    type filter hook prerouting priority -150; policy accept;
                    {{To(service)}} ct state invalid {{forgotten}}
                }
                chain translate {
                    type nat hook prerouting priority -100; policy accept;
                    {{To(service)}} {{Dnat(backend)}}
                }
            }

            """, ct);

    private static string Family(Endpoint end) => end.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "ip6" : "ip";
}
