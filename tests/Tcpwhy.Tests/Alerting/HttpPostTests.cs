using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Serving;
using Tcpwhy.Tests.Probing;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Alerting;

/// <summary>A webhook that is well, and all that others do.</summary>
public class HttpPostTests
{
    [Fact]
    public async Task What_is_posted_arrives_as_it_is()
    {
        await using Hook hook = new(Hook.Ok);
        Assert.True((await SendAsync(hook)).HasArrived);
        (string head, string body) = Assert.Single(hook.Requests);
        Assert.StartsWith("POST /services/T0/SECRET HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json", head, StringComparison.Ordinal);
        Assert.Contains("Idempotency-Key: abc-7", head, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer t0ken", head, StringComparison.Ordinal);
        Assert.Equal("{\"a\":1}", body);
    }

    [Theory]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "it answered 500", false)]
    [InlineData("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", "it answered 400", true)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", "it answered 302", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", "it closed the connection in the middle of its answer", false)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", "its answer is no HTTP", false)]
    [InlineData("", "it closed the connection in the middle of its answer", false)]
    public async Task What_is_no_success_is_none(string answer, string words, bool refused)
    {
        await using Hook hook = new(answer);
        DeliveryResult result = await SendAsync(hook);
        Assert.Equal((words, refused), (result.In(Language.English), result.Refused));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<html>cut he")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\0\0garbage")]
    public async Task A_success_is_one_whatever_its_body(string answer)
    {
        await using Hook hook = new(answer);
        Assert.True((await SendAsync(hook)).HasArrived);
    }

    [Fact]
    public async Task An_endless_body_is_left_soon()
    {
        long sent = 0;
        await using Hook hook = new(async (_, socket, stop) =>
        {
            await Hook.SayAsync(socket, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", stop);
            byte[] more = new byte[64 * 1024];
            while (true)
                sent += await socket.SendAsync(more, stop);
        });
        Assert.True((await SendAsync(hook, judge: _ => null)).HasArrived);
        await Given.Until(() => hook.Requests.Count == 1);
        Assert.True(sent < 64 << 20, $"{sent} bytes were taken");
    }

    [Fact]
    public async Task A_receiver_that_stalls_is_left_after_ten_seconds()
    {
        var time = new MovingTime(Given.Start);
        await using Hook hook = new((_, _, stop) => Task.Delay(Timeout.Infinite, stop));
        Task<DeliveryResult> sending = SendAsync(hook, time: time);
        await Given.Until(() => hook.Requests.Count == 1);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(sending.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("no answer within 10 s", (await sending).In(Language.English));
    }

    [Fact]
    public async Task A_loop_of_redirects_ends()
    {
        await using Hook hook = new("HTTP/1.1 308 Again\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.Equal("its redirects do not end", (await SendAsync(hook)).In(Language.English));
        Assert.Equal(4, hook.Requests.Count);
    }

    [Fact]
    public async Task A_redirect_on_the_same_host_is_followed_with_the_body()
    {
        await using Hook hook = new((number, socket, stop) => Hook.SayAsync(socket, number > 0 ? Hook.Ok : "HTTP/1.1 307 There\r\nLocation: /there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stop));
        Assert.True((await SendAsync(hook)).HasArrived);
        Assert.StartsWith("POST /there ", hook.Requests[1].Head, StringComparison.Ordinal);
        Assert.Equal("{\"a\":1}", hook.Requests[1].Body);
    }

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("127.0.0.1")]
    public async Task Another_host_or_port_is_not_followed_to(string host)
    {
        await using Hook other = new(Hook.Ok);
        await using Hook hook = new($"HTTP/1.1 307 There\r\nLocation: http://{host}:{other.Address.Port}/\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("it answered 307, a redirect to another host", (await SendAsync(hook)).In(Language.English), StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task Nobody_there_is_told_without_the_path()
    {
        Uri address;
        await using (Hook gone = new(Hook.Ok))
            address = gone.Address;
        string words = (await SendAsync(address)).In(Language.English);
        Assert.Equal("cannot connect: Connection refused", words);
    }

    [Fact]
    public async Task A_certificate_is_trusted_only_when_it_is_configured()
    {
        using X509Certificate2 certificate = ThrowAwayCertificate.Make(IPAddress.Loopback, TimeProvider.System.GetUtcNow());
        await using Peer server = new(async (socket, stop) =>
        {
            await using SslStream secure = new(new NetworkStream(socket));
            await secure.AuthenticateAsServerAsync(certificate);
            await secure.ReadExactlyAsync(new byte[64], stop);
            await secure.WriteAsync(System.Text.Encoding.ASCII.GetBytes(Hook.Ok), stop);
        });
        Uri address = new($"https://127.0.0.1:{server.Port}/SECRET");
        string words = (await SendAsync(address)).In(Language.English);
        Assert.StartsWith("no safe connection: ", words, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", words, StringComparison.Ordinal);

        string file = Path.GetTempFileName();
        File.WriteAllText(file, certificate.ExportCertificatePem());
        using HttpPost post = new(new ReceiverPlan("hook", ReceiverKind.Webhook) { Url = address, Authorities = file }, given => given, TimeProvider.System);
        Assert.Equal("", (await post.SendAsync("{}"u8.ToArray(), "abc-7", null, CancellationToken.None)).In(Language.English));
        File.Delete(file);
    }

    [Fact]
    public async Task Retry_after_is_heeded_within_reason()
    {
        await using Hook hook = new((number, socket, stop) => Hook.SayAsync(socket, $"HTTP/1.1 429 Slower\r\nRetry-After: {(number == 0 ? "30" : "999999")}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stop));
        Assert.Equal(TimeSpan.FromSeconds(30), (await SendAsync(hook)).Wait);
        Assert.Equal(TimeSpan.FromMinutes(10), (await SendAsync(hook)).Wait);
    }

    [Fact]
    public async Task The_address_may_stand_in_a_file()
    {
        await using Hook hook = new(Hook.Ok);
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, hook.Address + "\n");
            using HttpPost post = new(new ReceiverPlan("chat", ReceiverKind.Slack) { UrlFile = file }, address => address, TimeProvider.System);
            Assert.True((await post.SendAsync("{}"u8.ToArray(), "abc-7", null, CancellationToken.None)).HasArrived);
            File.WriteAllText(file, "SECRET");
            Assert.Equal($"{file} holds no address as https://host/path", (await post.SendAsync("{}"u8.ToArray(), "abc-7", null, CancellationToken.None)).In(Language.English));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<DeliveryResult> SendAsync(Hook hook, TimeProvider? time = null, Func<string, string?>? judge = null) => SendAsync(hook.Address, time, judge);

    private static async Task<DeliveryResult> SendAsync(Uri address, TimeProvider? time = null, Func<string, string?>? judge = null)
    {
        using HttpPost post = new(new ReceiverPlan("hook", ReceiverKind.Webhook) { Url = address, Headers = [KeyValuePair.Create("Authorization", "Bearer t0ken")] }, given => given, time ?? TimeProvider.System);
        return await post.SendAsync("{\"a\":1}"u8.ToArray(), "abc-7", judge, CancellationToken.None);
    }
}
