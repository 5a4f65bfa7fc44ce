namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>Counts over time: each second of the last hour, and each minute of the last day.</summary>
/// <param name="levels">Whether they are levels, of which a time's greatest counts, and not events, which are summed.</param>
internal sealed class Series(bool levels = false)
{
    private const int Seconds = 3_600;
    private const int Minutes = 24 * 60;
    private readonly Ring _seconds = new(Seconds, TimeSpan.TicksPerSecond, levels);
    private readonly Ring _minutes = new(Minutes, TimeSpan.TicksPerMinute, levels);

    /// <summary>All that was ever added.</summary>
    public long Total { get; private set; }

    /// <summary>Adds to a moment; what is older than a day is only part of the total.</summary>
    public void Add(DateTimeOffset time, long count)
    {
        Total += count;
        _seconds.Add(time.UtcTicks, count);
        _minutes.Add(time.UtcTicks, count);
    }

    /// <summary>How many buckets of a span can differ.</summary>
    public static int Places(TimeSpan span) => (int)(span <= TimeSpan.FromSeconds(Seconds) ? span.TotalSeconds : span.TotalMinutes);

    /// <summary>Sums (of levels the greatest) in so many buckets of equal length, the last of which ends with <paramref name="end"/>'s second (or minute, for spans over an hour).</summary>
    public long[] Buckets(DateTimeOffset end, TimeSpan span, int count)
    {
        Ring ring = span.Ticks <= Seconds * TimeSpan.TicksPerSecond ? _seconds : _minutes;
        long places = Math.Max(span.Ticks / ring.Length, 1), last = end.UtcTicks / ring.Length;
        long[] buckets = new long[count];
        for (long place = 0; place < places; place++)
        {
            ref long bucket = ref buckets[(int)(place * count / places)];
            long one = ring[last - places + 1 + place];
            bucket = levels ? Math.Max(bucket, one) : bucket + one;
        }
        return buckets;
    }

    /// <summary>What was added in the time before <paramref name="end"/>.</summary>
    public long Sum(DateTimeOffset end, TimeSpan span) => Buckets(end, span, 1)[0];

    private sealed class Ring(int size, long length, bool levels)
    {
        private readonly long[] _counts = new long[size];
        private long _newest = long.MinValue;

        /// <summary>Ticks of one place.</summary>
        public long Length => length;

        public long this[long place] => place > _newest || place <= _newest - _counts.Length ? 0 : _counts[(int)(place % _counts.Length)];

        public void Add(long ticks, long count)
        {
            long place = ticks / length;
            if (_newest == long.MinValue)
                _newest = place;
            if (place <= _newest - _counts.Length)
                return;
            // A gap longer than the ring empties all of it.
            for (long next = Math.Max(_newest + 1, place - _counts.Length + 1); next <= place; next++)
                _counts[(int)(next % _counts.Length)] = 0;
            _newest = Math.Max(_newest, place);
            ref long one = ref _counts[(int)(place % _counts.Length)];
            one = levels ? Math.Max(one, count) : one + count;
        }
    }
}
