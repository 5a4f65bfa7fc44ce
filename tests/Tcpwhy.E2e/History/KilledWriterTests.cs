using System.Globalization;
using Microsoft.Data.Sqlite;
using Tcpwhy.E2e.Program;
using Tcpwhy.History;
using Xunit;

namespace Tcpwhy.E2e.History;

/// <summary>Writers that are killed, and a disk that is full.</summary>
public class KilledWriterTests
{
    const int Rounds = 25, Writers = 8;

    [Fact]
    public async Task Killed_at_200_random_moments_it_loses_nothing_that_was_committed()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("tcpwhy-killed-");
        try
        {
            var random = new Random(7);
            int[] before = new int[Writers];
            int killed = 0;
            for (int round = 0; round < Rounds; round++)
            {
                int[] committed = await KillOneAsync(directory.FullName, round, random.Next(0, 120));
                for (int writer = 0; writer < Writers; writer++)
                {
                    string path = HistoryChild.FileOf(directory.FullName, writer);
                    if (!File.Exists(path))
                        continue;
                    killed++;
                    Assert.Equal("ok", Integrity(path));
                    HashSet<string> found = Numbers(path, HistoryChild.HourOf(round), HistoryChild.HourOf(round + 1));
                    // Transactions are whole: from the first on, without a hole.
                    Assert.InRange(found.Count, committed[writer], int.MaxValue);
                    Assert.All(Enumerable.Range(0, found.Count), number => Assert.Contains(number.ToString(CultureInfo.InvariantCulture), found));
                    before[writer] += found.Count;
                }
            }
            Assert.Equal(Rounds * Writers, killed);
            for (int writer = 0; writer < Writers; writer++)
            {
                Assert.True(before[writer] > 0);
                int all = 0;
                using HistoryReader history = HistoryFile.Read(HistoryChild.FileOf(directory.FullName, writer));
                history.EachFailure(HistoryChild.HourOf(0), HistoryChild.HourOf(Rounds), _ => all++);
                Assert.Equal(before[writer], all);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_full_disk_is_said_once_and_room_lets_it_go_on()
    {
        BuiltProgram.Needs("root", "unshare", "mount");
        DirectoryInfo directory = Directory.CreateTempSubdirectory("tcpwhy-full-");
        try
        {
            // The mount is in a namespace of its own and ends with it.
            using var child = new RunningProgram(["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=4m tmpfs \"$0\" && exec env \"$1\" \"$2\"", directory.FullName,
                $"{HistoryChild.Variable}=full|{directory.FullName}", Environment.ProcessPath!]);
            ProgramEnd end = await child.EndAsync();

            string[] lines = end.Out.Split('\n');
            Assert.True(lines.Length == 4, end.Out + end.Error);
            string path = Path.Combine(directory.FullName, "history.db");
            Assert.Equal($"said history {path} cannot be written: the disk is full; watching goes on, and recording when it can be written again", lines[0]);
            Assert.Equal("full 1", lines[1]);
            Assert.Matches($"^said history {path} is recorded again; [0-9,]+ failed connections and [0-9,]+ readings were not kept$", lines[2]);
            Assert.Equal("ended 2 True", lines[3]);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Starts eight writers, kills them when each has committed something and some time has passed; returns what each said to be committed.</summary>
    static async Task<int[]> KillOneAsync(string directory, int round, int milliseconds)
    {
        using var child = new RunningProgram(["env", $"{HistoryChild.Variable}=write|{directory}|{round}|{Writers}", Environment.ProcessPath!]);
        int[] committed = new int[Writers];
        while (committed.Contains(0))
            Take(Assert.NotNull(await child.LineAsync()).Line);
        await Task.Delay(milliseconds);
        await child.SignalAsync("KILL");
        while (await child.LineAsync() is { } last)
            Take(last.Line);
        await child.EndAsync();
        return committed;

        void Take(string line)
        {
            Assert.DoesNotContain("trouble", line, StringComparison.Ordinal);
            string[] words = line.Split(' ');
            // The last line may be cut off.
            if (words.Length == 2 && int.TryParse(words[0], out int writer) && writer < Writers && int.TryParse(words[1], out int number))
                committed[writer] = Math.Max(committed[writer], number);
        }
    }

    static HashSet<string> Numbers(string path, DateTimeOffset since, DateTimeOffset until)
    {
        HashSet<string> numbers = [];
        using HistoryReader history = HistoryFile.Read(path);
        history.EachFailure(since, until, failure => Assert.True(numbers.Add(failure.Facts["unread"])));
        return numbers;
    }

    static string Integrity(string path)
    {
        using var database = new SqliteConnection($"Data Source={path};Pooling=False");
        database.Open();
        using SqliteCommand check = database.CreateCommand();
        check.CommandText = "PRAGMA integrity_check";
        return (string)check.ExecuteScalar()!;
    }
}
