using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>A program that waits for room in its send buffer: for want of buffer, or since the path, the peer or its own pace allow no more.</summary>
public class SendBufferTests
{
    private const int Buffer = 65_536, Way = 80_000;

    private static readonly TcpSample Sending = new()
    {
        BytesSent = 1_000_000, BytesAcked = 900_000, DataSegmentsOut = 700, UnackedBytes = Buffer, RttMicroseconds = 81_000, MinRttMicroseconds = Way,
        CongestionWindowSegments = 100, SendWindowBytes = 300_000, MssBytes = 1448, LastDataSent = TimeSpan.FromMilliseconds(20),
    };

    private static readonly Transfer Short = new() { Busy = TimeSpan.FromSeconds(2), SendBufferBytes = Buffer, SendBufferFixed = true, SendBufferShort = true };

    private readonly Line _line = new();

    /// <summary>One buffer for each round trip.</summary>
    private const long Rate = Buffer * 1_000_000L / Way;

    [Fact]
    public void A_buffer_that_is_always_full_and_always_under_way_is_too_small() =>
        Assert.Equal(["warning sndbuf-limited 1"], Looks(Sending, Short, Rate));

    [Fact]
    public void So_is_one_that_tcp_wmem_bounds() =>
        Assert.Equal(["warning sndbuf-limited 1"], Looks(Sending, Short with { SendBufferFixed = false, SendBufferLargest = true }, Rate));

    [Fact]
    public void One_look_alone_proves_nothing() => Assert.Empty(Verdicts(Look(0, Sending, Short)));

    [Fact]
    public void A_buffer_that_the_kernel_fits_is_never_too_small() =>
        Assert.Empty(Looks(Sending, Short with { SendBufferFixed = false }, Rate));

    [Fact]
    public void Nor_is_one_as_large_as_the_kernel_would_make_it() =>
        Assert.Empty(Looks(Sending with { UnackedBytes = 3 << 20, CongestionWindowSegments = 9_000, SendWindowBytes = 9 << 20 }, Short with { SendBufferBytes = 4 << 20 }, (3 << 20) * 12L));

    [Fact]
    public void Where_a_queue_builds_the_path_is_full() => Assert.Empty(Looks(Sending with { RttMicroseconds = 2 * Way }, Short, Rate));

    [Fact]
    public void Over_a_short_way_a_small_buffer_is_soon_free_again() =>
        Assert.Empty(Looks(Sending with { MinRttMicroseconds = 300, RttMicroseconds = 320 }, Short, Rate));

    [Fact]
    public void A_program_that_writes_a_buffer_now_and_then_is_slow_by_itself() => Assert.Empty(Looks(Sending, Short, Rate / 10));

    [Fact]
    public void What_waits_unsent_waits_for_its_pace()
    {
        TcpSample paced = Sending with { UnackedBytes = Buffer / 2, UnsentBytes = Buffer / 2 };

        Assert.Empty(Looks(paced, Short, Rate / 2));
        // Unless the kernel's own clock says what it waits for.
        Assert.Equal(["warning sndbuf-limited 1"], Looks(paced, Short, Rate / 2, limited: TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_window_that_is_used_up_is_the_receivers() => Assert.Empty(Looks(Sending with { SendWindowBytes = Buffer }, Short, Rate));

    [Fact]
    public void Losses_set_the_rate_where_there_are_some() =>
        Assert.Equal(["warning packet-loss-slow 1"], Looks(Sending with { RetransmitsTotal = 70, BytesSent = 1_100_000 }, Short with { AfterTimeout = 9, Fast = 20 }, Rate));

    private string[] Looks(TcpSample sample, Transfer transfer, long rate, TimeSpan limited = default) => Verdicts(
        Look(0, sample, transfer),
        Look(2_000, sample with { BytesAcked = sample.BytesAcked + (2 * rate) }, transfer with { Busy = transfer.Busy + TimeSpan.FromSeconds(2), LimitedBySendBuffer = limited }));

    private HeldUp Look(double at, TcpSample sample, Transfer transfer) => new()
    {
        Time = Line.At(at), Netns = _line.Client.Netns, Socket = _line.Client.Socket, Local = _line.Client.Local, Remote = _line.Client.Remote,
        State = TcpState.Established, Process = _line.Client.Process, Sample = sample with { Opener = Opener.Local }, Transfer = transfer,
    };
}
