using System.Net;
using System.Text;
using Tcpwhy.Model;
using Tcpwhy.Pools;
using Tcpwhy.Pools.Runtimes.DotNet;
using Xunit;

namespace Tcpwhy.Tests.Pools;

/// <summary>What a .NET process says by its diagnostics port is read, or refused in one sentence whatever it is: any user can put a socket into /tmp.</summary>
public class NettraceTests
{
    private const string Tags = "http.request.method=GET,server.address=10.0.0.9,server.port=8080,url.scheme=http";

    [Fact]
    public void Requests_and_those_that_waited_are_counted_by_server()
    {
        HttpMeter meter = Read(Trace(
            Histogram("http.client.request.duration", Tags, "0.5=0.1;0.95=0.2;0.99=0.3", 40, 4),
            Histogram("http.client.request.time_in_queue", Tags, "0.5=0.1;0.95=0.2;0.99=0.31", 8, 0.8),
            Histogram("http.client.request.duration", Tags.Replace("8080", "8081", StringComparison.Ordinal), "0.5=0.1", 1, 0.1),
            Histogram("http.client.request.duration", Tags + ",error.type=timeout", "0.5=0.1", 2, 0.1)));

        OwnCount own = Assert.Single(meter.Of(new Endpoint(IPAddress.Parse("10.0.0.9"), 8080)));
        Assert.Equal(new OwnCount("10.0.0.9:8080", 42, 2, 8, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.31)), own);
        Assert.Empty(meter.Of(new Endpoint(IPAddress.Parse("10.0.0.8"), 8080)));
    }

    [Fact]
    public void A_server_s_name_stands_for_each_address_with_its_port()
    {
        HttpMeter meter = Read(Trace(Histogram("http.client.request.duration", "server.address=shop.example,url.scheme=https", "", 3, 0.1)));

        Assert.Equal("shop.example:443", Assert.Single(meter.Of(new Endpoint(IPAddress.Parse("192.0.2.7"), 443))).Server);
        Assert.Empty(meter.Of(new Endpoint(IPAddress.Parse("192.0.2.7"), 80)));
    }

    [Fact]
    public void Cut_and_changed_traces_are_read_or_refused()
    {
        byte[] trace = Trace(Histogram("http.client.request.duration", Tags, "0.5=0.1;0.99=0.3", 40, 4), Histogram("http.client.request.time_in_queue", Tags, "0.99=0.3", 8, 0.8));
        var random = new Random(20260304);
        int refused = 0;
        for (int i = 0; i < 3_000; i++)
        {
            byte[] changed = trace[..random.Next(trace.Length + 1)];
            for (int n = random.Next(3); n > 0 && changed.Length > 0; n--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                Read(changed).Of(new Endpoint(IPAddress.Parse("10.0.0.9"), 8080));
            }
            catch (Exception told) when (told is InvalidDataException or EndOfStreamException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1_500, 3_000);
    }

    private static HttpMeter Read(byte[] trace)
    {
        var meter = new HttpMeter();
        new NettraceReader(new MemoryStream(trace)).Run(meter.Take);
        return meter;
    }

    private static byte[] Histogram(string instrument, string tags, string quantiles, int count, double seconds) =>
        [.. new[] { "SHARED", HttpMeter.Name, "", instrument, "s", tags, quantiles }.SelectMany(Text), .. BitConverter.GetBytes(count), .. BitConverter.GetBytes(seconds), 7, 0, 0, 0];

    /// <summary>A trace as the runtime writes it, with one kind of event.</summary>
    private static byte[] Trace(params byte[][] payloads)
    {
        byte[] kind = [1, 0, 0, 0, .. Text(HttpMeter.Provider), 11, 0, 0, 0, .. Text("HistogramValuePublished"), .. new byte[20]];
        List<byte> trace = [.. "Nettrace"u8, 20, 0, 0, 0, .. "!FastSerialization.1"u8];
        Object(trace, "Trace", new byte[48], block: false);
        Object(trace, "MetadataBlock", Events([kind], 0), block: true);
        Object(trace, "EventBlock", Events(payloads, 1), block: true);
        trace.Add(1);
        return [.. trace];
    }

    private static byte[] Events(byte[][] payloads, byte kind)
    {
        List<byte> events = [20, 0, 1, 0, .. new byte[16]];
        foreach (byte[] payload in payloads)
            events.AddRange([0b1000_1111, kind, 1, 0x80, 0x01, 0, 0x85, 0x02, 3, 0x99, 0x01, (byte)(payload.Length & 0x7F | 0x80), (byte)(payload.Length >> 7), .. payload]);
        return [.. events];
    }

    private static void Object(List<byte> trace, string name, byte[] content, bool block)
    {
        trace.AddRange([5, 5, 1, 4, 0, 0, 0, 4, 0, 0, 0, .. BitConverter.GetBytes(name.Length), .. Encoding.ASCII.GetBytes(name), 6]);
        if (block)
        {
            trace.AddRange(BitConverter.GetBytes(content.Length));
            while (trace.Count % 4 != 0)
                trace.Add(0);
        }
        trace.AddRange(content);
        trace.Add(6);
    }

    private static byte[] Text(string text) => [.. Encoding.Unicode.GetBytes(text), 0, 0];
}
