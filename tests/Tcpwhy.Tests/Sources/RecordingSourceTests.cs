using System.Text;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;
using static Tcpwhy.Tests.Sources.Recorded;

namespace Tcpwhy.Tests.Sources;

public class RecordingSourceTests
{
    private const string Started = """{"event":"started","time":"2026-01-31T09:00:00Z","source":"ebpf"}""";
    private const string Ended = """{"event":"ended","time":"2026-01-31T09:00:09Z"}""";
    private const string Reset = """{"event":"reset_received","time":"2026-01-31T09:00:01Z","local":"10.0.0.1:80","remote":"[::1]:9"}""";

    [Theory]
    [InlineData("", "not a recording: its first line should begin with {\"schema\":\"tcpwhy.recording/1\"")]
    [InlineData("\u001f\u008b", "not a recording: its first line should begin with {\"schema\":\"tcpwhy.recording/1\"")]
    [InlineData("[]", "not a recording: its first line should begin with {\"schema\":\"tcpwhy.recording/1\"")]
    [InlineData("{\"schema\":\"tcpwhy.diagnosis/1\"}", "not a recording but 'tcpwhy.diagnosis/1'; a recording's schema is 'tcpwhy.recording/1'")]
    [InlineData("{\"schema\":\"tcpwhy.recording/2\",\"zip\":1}", "written by a newer tcpwhy ('tcpwhy.recording/2'; this one reads 'tcpwhy.recording/1'): upgrade tcpwhy")]
    [InlineData("{\"schema\":\"tcpwhy.recording/1\"}", "line 1: created: is missing")]
    [InlineData("{\"schema\":\"tcpwhy.recording/1\",\"created\":\"today\"}", "line 1: created: \"today\" is not a time in UTC, as 2026-01-31T09:00:00.000000Z")]
    [InlineData("{\"schema\":\"tcpwhy.recording/1\",\"created\":\"2026-01-31T09:00:00Z\",\"hots\":\"a\"}", "line 1: unknown member 'hots'; did you mean 'host'?")]
    public void Header_is_checked(string header, string message)
    {
        var error = Assert.Throws<ToolException>(() => Read(Encoding.UTF8.GetBytes(header + "\n")));
        Assert.Equal(("r.jsonl: " + message, 2), (error.Message, error.ExitCode));
    }

    [Theory]
    [InlineData("nonsense", "not JSON at byte 2")]
    [InlineData("[]", "should be an object whose first member is \"event\"")]
    [InlineData("""{"time":"2026-01-31T09:00:00Z","event":"ended"}""", "should be an object whose first member is \"event\"")]
    [InlineData("""{"event":"reset_recieved"}""", "unknown event 'reset_recieved'; did you mean 'reset_received'?")]
    [InlineData("""{"event":"ended","time":"2026-01-31T09:00:09Z"} {}""", "not JSON at byte 49")]
    [InlineData("""{"event":"ended"}""", "time: is missing")]
    [InlineData("""{"event":"ended","time":"2026-01-31T09:00:09"}""", "time: \"2026-01-31T09:00:09\" is not a time in UTC, as 2026-01-31T09:00:00.000000Z")]
    [InlineData("""{"event":"ended","time":null}""", "time: null is not a time in UTC, as 2026-01-31T09:00:00.000000Z")]
    [InlineData("""{"event":"ended","time":"2026-01-31T09:00:09Z","event":"lost"}""", "event: stands there twice")]
    [InlineData("""{"event":"ended","time":"2026-01-31T09:00:09Z","events":1,"events":1}""", "events: stands there twice")]
    [InlineData("""{"event":"ended","time":"2026-01-31T09:00:09Z","evnts":1}""", "unknown member 'evnts'; did you mean 'events'?")]
    [InlineData("""{"event":"ended","time":"2026-01-31T09:00:09Z","events":-1}""", "events: -1 is not a whole number from 0 to 9223372036854775807")]
    [InlineData("""{"event":"ended","time":"2026-01-31T09:00:09Z","cpu_seconds":1e999}""", "cpu_seconds: 1e999 is not a number, 0 or more")]
    [InlineData("""{"event":"ended","time":"2026-01-31T09:00:09Z","netns":4294967296}""", "netns: 4294967296 is not a whole number from 0 to 4294967295")]
    [InlineData("""{"event":"reset_received","time":"2026-01-31T09:00:01Z","local":"10.0.0.1:80","remote":"10.0.0.1:65536"}""", "remote: \"10.0.0.1:65536\" is not an address with a port, as 10.0.0.1:80 or [::1]:80")]
    [InlineData("""{"event":"reset_received","time":"2026-01-31T09:00:01Z","local":"10.0.0.1:80","remote":"1.2.3.4:5","socket":"0xffff"}""", "socket: \"0xffff\" is not a socket's number in this file, as s17")]
    [InlineData("""{"event":"reset_received","time":"2026-01-31T09:00:01Z","local":"10.0.0.1:80","remote":"1.2.3.4:5","state":1}""", "state: 1 is not one of unknown, established, syn_sent, syn_received, fin_wait1, fin_wait2, time_wait, closed, close_wait, last_ack, listen, closing, new_syn_received")]
    [InlineData("""{"event":"reset_received","time":"2026-01-31T09:00:01Z","local":"10.0.0.1:80","remote":"1.2.3.4:5","sample":{"age_seconds":-1}}""", "sample.age_seconds: -1 is not a number of seconds, 0 or more")]
    [InlineData("""{"event":"reset_received","time":"2026-01-31T09:00:01Z","local":"10.0.0.1:80","remote":"1.2.3.4:5","sample":{"rtt":1}}""", "unknown member 'sample.rtt'")]
    [InlineData("""{"event":"reset_received","time":"2026-01-31T09:00:01Z","local":"10.0.0.1:80","remote":"1.2.3.4:5","process":{"pid":1}}""", "process.comm: is missing")]
    [InlineData("""{"event":"reset_received","time":"2026-01-31T09:00:01Z","local":"10.0.0.1:80","remote":"1.2.3.4:5","process":[]}""", "process: [] is not an object")]
    [InlineData("""{"event":"reset_sent","time":"2026-01-31T09:00:01Z","local":"10.0.0.1:80","remote":"1.2.3.4:5","reason":null}""", "reason: null is not a text")]
    [InlineData("""{"event":"dropped","time":"2026-01-31T09:00:01Z","local":"10.0.0.1:80","remote":"1.2.3.4:5","reason":"X","flags":"syn,ack"}""", "flags: \"syn,ack\" is not flags as syn+ack, out of none, fin, syn, rst, psh, ack")]
    [InlineData("""{"event":"traffic_counted","time":"2026-01-31T09:00:01Z","flows":[{"remote":"::1","port":80},{"remote":"::g"}]}""", "flows[1].remote: \"::g\" is not an address, as 10.0.0.1 or ::1")]
    [InlineData("""{"event":"traffic_counted","time":"2026-01-31T09:00:01Z","flows":[null]}""", "flows[0]: is null")]
    [InlineData("""{"event":"traffic_counted","time":"2026-01-31T09:00:01Z","flows":{}}""", "flows: {} is not a list")]
    [InlineData("""{"event":"counters_read","time":"2026-01-31T09:00:01Z","moved":{"X":0.5}}""", "moved: {\"X\":0.5} is not names with whole numbers, as {\"TcpInErrs\":3}")]
    public void Malformed_line_is_named(string line, string message)
    {
        var error = Assert.Throws<ToolException>(() => ReadLines(Started, line, Ended));
        Assert.Equal(("r.jsonl: line 3: " + message, 2), (error.Message, error.ExitCode));
    }

    [Fact]
    public void Members_left_out_have_their_usual_values()
    {
        var events = ReadLines(
            Started,
            """{"event":"sockets_waiting","time":"2026-01-31T09:00:01Z","state":"close_wait","local":"10.0.0.1:80","remote":"1.2.3.4:0","count":1}""",
            """{"event":"traffic_counted","time":"2026-01-31T09:00:01Z"}""",
            Ended).Events;
        Assert.Empty(Assert.IsType<Started>(events[0]).Unavailable);
        Assert.Empty(Assert.IsType<SocketsWaiting>(events[1]).Examples);
        Assert.Empty(Assert.IsType<TrafficCounted>(events[2]).Flows);
    }

    [Fact]
    public void Part_cut_out_by_hand_gets_a_beginning_and_an_end()
    {
        var (events, notes) = ReadLines("", Reset, "  \r");
        Assert.Equal(["Started", "ResetReceived", "Ended"], events.Select(e => e.GetType().Name));
        Assert.All(events, e => Assert.Equal(SampleEvents.Start.AddSeconds(1), e.Time));
        Assert.Equal("r.jsonl: the recording was not ended in order; it is judged up to its last event.", Assert.Single(notes));
    }

    [Fact]
    public void Header_alone_is_an_empty_recording() =>
        Assert.Equal(["Started", "Ended"], ReadLines().Events.Select(e => e.GetType().Name));

    [Fact]
    public void Last_line_cut_short_is_judged_up_to_the_cut()
    {
        var (events, notes) = Read(Encoding.UTF8.GetBytes($"{Header}\n{Started}\n{Reset}\n{Reset[..50]}"));
        Assert.Equal(["Started", "ResetReceived", "Lost", "Ended"], events.Select(e => e.GetType().Name));
        Assert.Equal(new Lost { Time = events[1].Time, Count = 0, Where = "recording" }, events[2]);
        Assert.Equal("r.jsonl: line 4 is cut short; the recording is judged up to it.", Assert.Single(notes));
    }

    [Fact]
    public void Last_line_needs_no_line_feed() =>
        Assert.Empty(Read(Encoding.UTF8.GetBytes($"{Header}\n{Started}\n{Ended}")).Notes);

    [Fact]
    public void Nothing_may_follow_the_end()
    {
        var error = Assert.Throws<ToolException>(() => ReadLines(Started, Ended, Reset));
        Assert.Equal("r.jsonl: line 4: stands after the event 'ended', which should be the last", error.Message);
    }

    [Fact]
    public void Stopped_source_ends_in_order()
    {
        using var stop = new CancellationTokenSource();
        var events = new List<Event>();
        using var source = new RecordingSource("r.jsonl", new MemoryStream(Encoding.UTF8.GetBytes($"{Header}\n{Started}\n{Reset}\n{Ended}\n")));
        source.Run(e => { events.Add(e); stop.Cancel(); }, stop.Token);
        Assert.Equal(["Started", "Ended"], events.Select(e => e.GetType().Name));
        Assert.Empty(source.Notes);
    }

    [Fact]
    public void Line_of_1_MiB_is_read_and_a_longer_one_is_not()
    {
        string padding = new(' ', (1 << 20) - Reset.Length);
        Assert.Equal(3, ReadLines(Started, padding + Reset, Ended).Events.Count);
        var error = Assert.Throws<ToolException>(() => ReadLines(Started, padding + " " + Reset, Ended));
        Assert.Equal("r.jsonl: line 3: longer than 1048576 bytes", error.Message);
        Assert.Throws<ToolException>(() => ReadLines(Started, new string('x', 5 << 20)));
    }

    [Theory]
    [InlineData("/nowhere/r.jsonl", "/nowhere/r.jsonl: cannot be read: no such file")]
    [InlineData("/tmp", "/tmp: cannot be read: permission denied, or a directory")]
    public void File_that_cannot_be_opened_is_named(string path, string message) =>
        Assert.Equal(message, Assert.Throws<ToolException>(() => RecordingSource.Open(path)).Message);
}
