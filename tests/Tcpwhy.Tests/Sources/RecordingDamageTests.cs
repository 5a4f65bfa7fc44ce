using System.Text;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.Sources;

/// <summary>However a file was damaged, the answer is events or one clear line, never another exception.</summary>
public class RecordingDamageTests
{
    private static readonly byte[] Sample = Recorded.Write(SampleEvents.All);

    [Fact]
    public void Recording_cut_at_any_byte_is_judged_up_to_the_cut()
    {
        int header = Array.IndexOf(Sample, (byte)'\n');
        for (int length = 0; length < Sample.Length - 1; length++)
        {
            byte[] cut = Sample[..length];
            if (length < header)
            {
                Assert.Throws<ToolException>(() => Recorded.Read(cut));
                continue;
            }
            var (events, notes) = Recorded.Read(cut);
            Assert.Single(notes);
            Assert.IsType<Started>(events[0]);
            Assert.IsType<Ended>(events[^1]);
            int whole = cut.Count(b => b == '\n') - 2;
            Assert.InRange(events.Count(e => e is not (Started or Lost { Where: "recording" } or Ended)), Math.Max(whole, 0), Math.Max(whole, 0) + 1);
        }
    }

    [Fact]
    public void Mutated_recording_gives_events_or_a_clear_error()
    {
        var random = new Random(20260131);
        string[] splices = ["null", "[]", "{}", "-1", "1e999", "\"\"", "\\ud800", "\u0000", "99999999999999999999", "true", ",", "\"event\":\"lost\","];
        for (int round = 0; round < 5_000; round++)
        {
            var mutated = new List<byte>(Sample);
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                int at = random.Next(mutated.Count);
                switch (random.Next(4))
                {
                    case 0: mutated[at] = (byte)random.Next(256); break;
                    case 1: mutated.RemoveRange(at, Math.Min(random.Next(1, 20), mutated.Count - at)); break;
                    case 2: mutated.InsertRange(at, mutated.GetRange(at, Math.Min(random.Next(1, 40), mutated.Count - at))); break;
                    default: mutated.InsertRange(at, Encoding.UTF8.GetBytes(splices[random.Next(splices.Length)])); break;
                }
            }
            AssertHandled([.. mutated]);
        }
    }

    [Fact]
    public void Random_bytes_are_no_recording()
    {
        var random = new Random(7);
        for (int round = 0; round < 1000; round++)
        {
            byte[] bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            Assert.Throws<ToolException>(() => Recorded.Read(bytes));
            AssertHandled([.. Encoding.UTF8.GetBytes(Recorded.Header + "\n"), .. bytes]);
        }
    }

    private static void AssertHandled(byte[] recording)
    {
        try
        {
            Assert.IsType<Ended>(Recorded.Read(recording).Events[^1]);
        }
        catch (ToolException error)
        {
            Assert.StartsWith("r.jsonl: ", error.Message);
            Assert.DoesNotContain("System.", error.Message);
            Assert.DoesNotContain("Tcpwhy.", error.Message);
            Assert.DoesNotContain("cannot be read: ", error.Message);
            Assert.InRange(error.Message.Length, 20, 300);
        }
    }
}
