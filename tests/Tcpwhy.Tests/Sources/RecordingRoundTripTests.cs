using System.Reflection;
using System.Text;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.Sources;

public class RecordingRoundTripTests
{
    private const string Golden = "Recordings/every-event.jsonl";

    public static TheoryData<string> Kinds => [.. SampleEvents.All.Select(e => e.GetType().Name)];

    [Fact]
    public void Samples_hold_every_kind_of_event()
    {
        IEnumerable<Type> all = typeof(Event).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Event)) && !type.IsAbstract);
        Assert.Equal(all.Select(type => type.Name).Order(), SampleEvents.All.Select(e => e.GetType().Name).Order());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Event_survives_writing_and_reading(string kind)
    {
        Event e = SampleEvents.All.Single(sample => sample.GetType().Name == kind);
        Event read = Recorded.Read(Recorded.Write([e])).Events.Single(back => back.GetType() == e.GetType() && back is not Started { Source: "recording" });
        AssertSame(WithSocket(e, SocketOf(e) == 0 ? 0UL : 1), read, kind);
    }

    public static TheoryData<string> KindsWithLists => [.. SampleEvents.All.Where(e => Lists(e).Any()).Select(e => e.GetType().Name)];

    [Theory, MemberData(nameof(KindsWithLists))]
    public void Lists_that_are_left_out_are_empty(string kind)
    {
        Event e = SampleEvents.All.Single(sample => sample.GetType().Name == kind);
        foreach (PropertyInfo list in Lists(e))
            list.SetValue(e = e with { }, Array.CreateInstance(list.PropertyType.GetElementType()!, 0));
        Event read = Recorded.Read(Recorded.Write([e])).Events.Single(back => back.GetType() == e.GetType() && back is not Started { Source: "recording" });
        Assert.All(Lists(read), list => Assert.Empty(Assert.IsType<Array>(list.GetValue(read), exactMatch: false)));
    }

    private static IEnumerable<PropertyInfo> Lists(Event e) => e.GetType().GetProperties().Where(property => property.PropertyType.IsArray);

    [Fact]
    public void Recording_is_as_published()
    {
        string written = Encoding.UTF8.GetString(Recorded.Write(SampleEvents.All));
        if (Environment.GetEnvironmentVariable("TCPWHY_ACCEPT") is { } directory)
            File.WriteAllText(Path.Combine(directory, Golden), written);
        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, Golden)), written);
    }

    [Fact]
    public void Published_recording_is_read()
    {
        var (events, notes) = Recorded.Read(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, Golden)));
        Assert.Empty(notes);
        Assert.Equal(SampleEvents.All.Select(e => e.GetType()), events.Select(e => e.GetType()));
    }

    [Fact]
    public void No_kernel_address_is_written()
    {
        string written = Encoding.UTF8.GetString(Recorded.Write(SampleEvents.All));
        Assert.DoesNotContain("ffff8881", written, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("18446613", written);
    }

    [Fact]
    public void One_socket_has_one_number_throughout()
    {
        List<Event> events = Recorded.Read(Recorded.Write(SampleEvents.All)).Events;
        Assert.Equal(1UL, SocketOf(events.Single(e => e is Listening)));
        Assert.Equal(1UL, SocketOf(events.Single(e => e is AcceptQueueFull)));
        Assert.Equal(2UL, SocketOf(events.Single(e => e is ResetSent)));
        Assert.Equal(3UL, SocketOf(events.Single(e => e is ResetReceived)));
    }

    [Fact]
    public void What_is_written_can_be_read_whatever_the_source_said()
    {
        Event[] odd =
        [
            new Retransmitted { Time = SampleEvents.Start, Local = Endpoint.None, Remote = Endpoint.None, State = (TcpState)13, Attempt = -1, Sample = new TcpSample { Age = TimeSpan.FromTicks(-5), Uid = int.MinValue } },
            new Dropped { Time = SampleEvents.Start, Local = Endpoint.None, Remote = Endpoint.None, Reason = "\u0000\ud800", Flags = (TcpFlags)0xff },
            new Dropped { Time = SampleEvents.Start, Local = Endpoint.None, Remote = Endpoint.None, Reason = "", Flags = (TcpFlags)64 },
            new Ended { Time = SampleEvents.Start, CpuSeconds = double.NaN, Events = long.MinValue },
        ];
        var events = Recorded.Read(Recorded.Write(odd)).Events;
        var retransmitted = Assert.IsType<Retransmitted>(events[1]);
        Assert.Equal((TcpState.Unknown, 0, TimeSpan.Zero, int.MinValue), (retransmitted.State, retransmitted.Attempt, retransmitted.Sample!.Age, retransmitted.Sample.Uid));
        Assert.Equal((TcpFlags)31, Assert.IsType<Dropped>(events[2]).Flags);
        Assert.Equal(TcpFlags.None, Assert.IsType<Dropped>(events[3]).Flags);
        Assert.Equal(0, Assert.IsType<Ended>(events[4]).CpuSeconds);
    }

    // Records compare their lists by reference, and an IPAddress cannot be asked for all of its properties.
    private static void AssertSame(object? expected, object? actual, string at)
    {
        if (expected is System.Collections.ICollection list)
            Assert.Equal(list, (System.Collections.IEnumerable)actual!);
        else if (expected is Event or TcpSample)
            foreach (PropertyInfo property in expected.GetType().GetProperties())
                AssertSame(property.GetValue(expected), property.GetValue(actual), $"{at}.{property.Name}");
        else
            Assert.True(Equals(expected, actual), $"{at}: {expected} became {actual}");
    }

    private static ulong SocketOf(Event e) => e switch { SocketEvent s => s.Socket, Listening l => l.Socket, _ => 0 };

    private static Event WithSocket(Event e, ulong socket) => e switch
    {
        SocketEvent s => s with { Socket = socket },
        Listening l => l with { Socket = socket },
        _ => e,
    };
}
