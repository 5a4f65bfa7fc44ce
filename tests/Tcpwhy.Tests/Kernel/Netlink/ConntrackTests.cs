using System.Net;
using Tcpwhy.Kernel.Netlink;
using Xunit;

namespace Tcpwhy.Tests.Kernel.Netlink;

/// <summary>What connection tracking says of an entry: a question's own attributes, turned round, make an answer.</summary>
public class ConntrackTests
{
    private const int Header = 16, Generic = 4;
    private const byte Reply = 2, Status = 3;

    private static readonly ConntrackTuple There = new(IPEndPoint.Parse("10.0.1.2:41022"), IPEndPoint.Parse("10.0.2.2:8080")), Back = new(There.Destination, There.Source);

    [Theory]
    [InlineData("00000008", true, true)] // confirmed alone
    [InlineData("0000000a", false, true)] // and seen a reply
    [InlineData("0000000e", false, false)] // and assured
    [InlineData(null, false, false)] // a kernel that does not say
    public void The_status_tells_how_much_of_a_handshake_has_passed(string? status, bool oneWay, bool halfOpen) =>
        Assert.Equal(new ConntrackEntry(There, Back, oneWay, halfOpen), ConntrackSocket.Parse(Answer(status)));

    [Fact]
    public void A_status_that_is_cut_off_is_named() =>
        Assert.StartsWith("CTA_STATUS", Assert.Throws<InvalidDataException>(() => ConntrackSocket.Parse(Answer("0000"))).Message, StringComparison.Ordinal);

    private static byte[] Answer(string? status)
    {
        byte[] reply = ConntrackSocket.Request(Back, 1)[(Header + Generic)..];
        reply[2] = Reply;
        byte[] value = Convert.FromHexString(status ?? "");
        return [.. ConntrackSocket.Request(There, 1)[Header..], .. reply, .. status is null ? [] : new byte[] { (byte)(4 + value.Length), 0, Status, 0 }, .. value];
    }
}
