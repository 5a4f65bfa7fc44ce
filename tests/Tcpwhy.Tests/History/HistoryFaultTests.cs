using Microsoft.Data.Sqlite;
using Tcpwhy.Filtering;
using Tcpwhy.History;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.History;

public class HistoryFaultTests
{
    [Theory]
    [InlineData(1)]
    public void An_older_file_is_brought_up_to_date_with_all_that_is_in_it(int version)
    {
        using var scratch = new Scratch();
        WriteAs(scratch, version);
        using (HistoryReader old = scratch.Read())
        {
            Assert.Empty(old.Alerts(Told.Noon, Told.Noon.AddHours(1)));
            Assert.Single(old.Window(Told.Noon, Told.Noon.AddMinutes(1), Filter.Everything).Answer.Findings);
        }

        using (HistoryWriter writer = scratch.Open())
            writer.Keep(Told.Tick(Told.Noon.AddSeconds(10), Told.Failure(Told.Noon.AddSeconds(7))));

        using HistoryReader history = scratch.Read();
        Assert.Equal(2, Assert.Single(history.Window(Told.Noon, Told.Noon.AddMinutes(1), Filter.Everything).Answer.Findings).Count);
        using SqliteConnection database = Database.ForReading(scratch.Path);
        Assert.Equal(Schema.Current, Schema.Version(database));
    }

    [Fact]
    public void A_newer_file_is_refused_in_one_line_and_left_as_it_is()
    {
        using var scratch = new Scratch();
        using (SqliteConnection database = Database.ForWriting(scratch.Path))
            Schema.Run(database, "PRAGMA user_version = 99");
        byte[] before = File.ReadAllBytes(scratch.Path);

        foreach (Func<IDisposable> open in (Func<IDisposable>[])[() => scratch.Open(), scratch.Read])
        {
            ToolException refused = Assert.Throws<ToolException>(open);
            Assert.Equal(ExitCode.Storage, refused.ExitCode);
            Assert.Equal($"history {scratch.Path} was written by a newer tcpwhy (its schema is 99, this one knows {Schema.Current}): use that one, or name another with --history", refused.Message);
        }
        Assert.Equal(before, File.ReadAllBytes(scratch.Path));
    }

    [Fact]
    public void A_file_of_another_program_is_refused_and_left_as_it_is()
    {
        using var scratch = new Scratch();
        using (var database = new SqliteConnection($"Data Source={scratch.Path};Pooling=False"))
        {
            database.Open();
            Schema.Run(database, "CREATE TABLE bookmarks (url TEXT)");
        }
        byte[] before = File.ReadAllBytes(scratch.Path);

        Assert.Contains("a database of another program", Assert.Throws<ToolException>(() => scratch.Open()).Message);
        Assert.Contains("a database of another program", Assert.Throws<ToolException>(() => scratch.Read()).Message);
        Assert.Equal(before, File.ReadAllBytes(scratch.Path));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_as_it_is()
    {
        using var scratch = new Scratch();
        byte[] garbage = new byte[20_000];
        new Random(7).NextBytes(garbage);
        File.WriteAllBytes(scratch.Path, garbage);

        foreach (Func<IDisposable> open in (Func<IDisposable>[])[() => scratch.Open(), scratch.Read])
        {
            ToolException refused = Assert.Throws<ToolException>(open);
            Assert.Equal((ExitCode.Storage, $"history {scratch.Path} is damaged (file is not a database): move it away, or name another with --history"), (refused.ExitCode, refused.Message));
        }
        Assert.Equal(garbage, File.ReadAllBytes(scratch.Path));
    }

    [Fact]
    public void Damage_inside_ends_recording_once_and_watching_goes_on()
    {
        using var scratch = new Scratch();
        using (HistoryWriter writer = scratch.Open())
        {
            for (int i = 0; i < 2_000; i++)
                writer.Keep(Told.Numbered(i, Told.Noon.AddSeconds(i)));
        }
        byte[] file = File.ReadAllBytes(scratch.Path);
        new Random(7).NextBytes(file.AsSpan(4096));
        File.WriteAllBytes(scratch.Path, file);

        try
        {
            using HistoryWriter writer = scratch.Open();
            for (int i = 0; i < 3; i++)
            {
                writer.Keep(Told.Failure(Told.Noon.AddDays(1)));
                writer.Keep(Told.Tick(Told.Noon.AddDays(1).AddSeconds(5 * i)));
                writer.Flush();
            }
            Assert.False(writer.IsRecording);
            Assert.EndsWith("watching goes on without history", Assert.Single(scratch.Said));
        }
        catch (ToolException refused)
        {
            Assert.Contains("is damaged", refused.Message);
        }
        Assert.True(File.Exists(scratch.Path));
    }

    [Fact]
    public void Random_damage_is_told_in_one_line_and_never_a_crash()
    {
        using var scratch = new Scratch();
        using (HistoryWriter writer = scratch.Open())
        {
            for (int i = 0; i < 500; i++)
                writer.Keep(Told.Numbered(i, Told.Noon.AddSeconds(i)));
            writer.Keep(Told.Tick(Told.Noon.AddSeconds(5), Told.Failure(Told.Noon.AddSeconds(2))));
        }
        byte[] sound = File.ReadAllBytes(scratch.Path);
        var random = new Random(7);
        int told = 0;
        for (int round = 0; round < 60; round++)
        {
            byte[] damaged = [.. sound];
            for (int i = 0; i < 40; i++)
                damaged[random.Next(100, damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(scratch.Path, round % 4 == 0 ? damaged[..random.Next(1, damaged.Length)] : damaged);
            try
            {
                using HistoryReader history = scratch.Read();
                history.EachFailure(Told.Noon, Told.Noon.AddHours(1), _ => { });
                history.Window(Told.Noon, Told.Noon.AddMinutes(1), Filter.Everything);
            }
            catch (ToolException one)
            {
                Assert.Equal(ExitCode.Storage, one.ExitCode);
                Assert.DoesNotContain('\n', one.Message);
                told++;
            }
        }
        Assert.InRange(told, 10, 60);
    }

    [Fact]
    public void A_second_writer_is_told_who_holds_the_file()
    {
        using var scratch = new Scratch();
        using (scratch.Open())
        {
            ToolException held = Assert.Throws<ToolException>(() => scratch.Open());
            Assert.Equal((ExitCode.Storage, $"history {scratch.Path} is written by another tcpwhy (pid {Environment.ProcessId}) already"), (held.ExitCode, held.Message));
        }
        scratch.Open().Dispose();
    }

    [Fact]
    public void No_file_is_told_with_what_would_make_one()
    {
        using var scratch = new Scratch();
        Assert.Equal($"no history at {scratch.Path}: 'tcpwhy watch' writes it, --history names another", Assert.Throws<ToolException>(() => scratch.Read()).Message);
    }

    [Fact]
    public void A_full_disk_stops_recording_once_and_room_lets_it_go_on()
    {
        using var scratch = new Scratch();
        var time = new LeapingTime(Told.Noon);
        using HistoryWriter writer = scratch.Open(time);
        writer.Keep(Told.Tick(Told.Noon.AddSeconds(5)));
        writer.Flush();
        // Another connection holds the write lock: every transaction fails as on a disk that takes nothing.
        using (var other = new SqliteConnection($"Data Source={scratch.Path};Pooling=False"))
        {
            other.Open();
            using SqliteTransaction held = other.BeginTransaction();
            Schema.Run(other, "DELETE FROM alerts");
            for (int i = 2; i < 5; i++)
            {
                writer.Keep(Told.Numbered(i, Told.Noon.AddSeconds(5 * i)));
                writer.Keep(Told.Tick(Told.Noon.AddSeconds(5 * i)));
                writer.Flush();
            }
            Assert.Contains("watching goes on, and recording when it can be written again", Assert.Single(scratch.Said));
            Assert.False(writer.IsRecording);
        }
        time.Leap(TimeSpan.FromSeconds(6));
        writer.Keep(Told.Tick(Told.Noon.AddSeconds(30)));
        writer.Flush();

        Assert.True(writer.IsRecording);
        Assert.Equal($"history {scratch.Path} is recorded again; 3 failed connections and 3 readings were not kept", Assert.Single(scratch.Said[1..]));
        using HistoryReader history = scratch.Read();
        Assert.Equal(2, history.Points(Told.Noon, Told.Noon.AddMinutes(1), Resolution.Reading).Count);
    }

    [Fact]
    public void Too_much_is_deleted_from_the_oldest_on()
    {
        using var scratch = new Scratch();
        var limits = new HistoryLimits { Bytes = 600_000 };
        var time = new LeapingTime(Told.Noon);
        int kept = 0;
        DateTimeOffset first = DateTimeOffset.MaxValue;
        using (HistoryWriter writer = scratch.Open(time, limits))
        {
            for (int i = 0; i < 12_000; i++)
            {
                writer.Keep(Told.Numbered(i, Told.Noon.AddMilliseconds(i * 10)));
                if (i % 500 != 499)
                    continue;
                time.Leap(TimeSpan.FromSeconds(11));
                writer.Keep(Told.Tick(Told.Noon.AddMilliseconds(i * 10)));
                writer.Flush();
            }
        }
        using (HistoryReader history = scratch.Read())
        {
            history.EachFailure(Told.Noon, Told.Noon.AddHours(1), failure =>
            {
                kept++;
                first = failure.Last < first ? failure.Last : first;
            });
        }

        Assert.InRange(new FileInfo(scratch.Path).Length, 100_000, 800_000);
        Assert.InRange(kept, 1_000, 11_000);
        Assert.Equal(Told.Noon.AddMilliseconds((12_000 - kept) * 10), first);
    }

    [Fact]
    public void What_is_too_old_is_deleted_and_single_readings_before_that()
    {
        using var scratch = new Scratch();
        var time = new LeapingTime(Told.Noon);
        using (HistoryWriter writer = scratch.Open(time))
        {
            for (int day = 0; day < 20; day++)
            {
                DateTimeOffset now = Told.Noon.AddDays(day);
                writer.Keep(Told.Failure(now.AddSeconds(1)));
                writer.Keep(Told.Tick(now.AddSeconds(5), Told.Failure(now.AddSeconds(1))));
                writer.Flush();
                time.Leap(TimeSpan.FromDays(1));
            }
        }
        using HistoryReader history = scratch.Read();
        List<Finding> single = [];
        history.EachFailure(Told.Noon.AddDays(-1), Told.Noon.AddDays(30), single.Add);

        // Pruned when the last was stored, on the 19th day.
        Assert.Equal(15, single.Count);
        Assert.Equal(3, history.Points(Told.Noon.AddDays(-1), Told.Noon.AddDays(30), Resolution.Reading).Count);
        Assert.Equal(15, history.Points(Told.Noon.AddDays(-1), Told.Noon.AddDays(30), Resolution.Minute).Count);
    }

    private static void WriteAs(Scratch scratch, int version)
    {
        using var database = new SqliteConnection($"Data Source={scratch.Path};Pooling=False");
        database.Open();
        Schema.Run(database, "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
        Schema.Migrate(database, version);
        using SqliteCommand put = database.CreateCommand();
        put.CommandText = "INSERT INTO points VALUES (1, $1, $2); INSERT INTO findings VALUES (1, $1, $3); INSERT INTO runs VALUES (1, $1, $1, 'ebpf', NULL, $4)";
        put.Parameters.AddWithValue("$1", Moment.Of(Told.Noon));
        put.Parameters.AddWithValue("$2", Packed.Of(Point.Of(Told.Tick(Told.Noon.AddSeconds(5))), HistoryJson.Default.Point));
        put.Parameters.AddWithValue("$3", Packed.Of([Told.Failure(Told.Noon.AddSeconds(2))], HistoryJson.Default.FindingArray));
        put.Parameters.AddWithValue("$4", Packed.Of([], HistoryJson.Default.UnavailableArray));
        put.ExecuteNonQuery();
    }
}
