using Xunit;

namespace Tcpwhy.Tests.Kernel;

/// <summary>Damages good input in every way that a seed gives; a parser may refuse it with InvalidDataException only.</summary>
internal static class Mutation
{
    /// <summary>Truncated at every length (or 300 of them), then with bytes changed, then random: each input goes to <paramref name="parse"/>.</summary>
    public static void Survives(byte[] good, Action<byte[]> parse, int rounds = 1500)
    {
        var random = new Random(18229);
        int step = Math.Max(1, good.Length / 300);
        for (int length = 0; length < good.Length; length += step)
            Feed(good[..length], parse, $"truncated to {length}");
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = (byte[])good.Clone();
            for (int changes = random.Next(1, 8); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = Interesting(random);
            Feed(bytes, parse, $"mutated in round {round}");
        }
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            Feed(bytes, parse, $"random in round {round}");
        }
    }

    private static byte Interesting(Random random) => random.Next(4) switch
    {
        0 => 0,
        1 => 0xff,
        2 => (byte)random.Next(1, 20),
        _ => (byte)random.Next(256),
    };

    private static void Feed(byte[] bytes, Action<byte[]> parse, string how)
    {
        try
        {
            parse(bytes);
        }
        catch (InvalidDataException)
        {
        }
        catch (Exception error)
        {
            Assert.Fail($"{how}: {error}");
        }
    }
}
