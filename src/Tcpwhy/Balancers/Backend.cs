using System.Globalization;

namespace Tcpwhy.Balancers;

/// <summary>One server behind the load balancer.</summary>
/// <param name="Name">Letters, digits, '.', '_' and '-', at most 63.</param>
/// <param name="Weight">1 to 256, or null where all weigh the same.</param>
public sealed record Backend(string Name, ServerAddress Address, int? Weight)
{
    private const int LongestName = 63;
    private const int Heaviest = 256;

    /// <summary>Reads backends written <c>[name=]host:port[,weight=N]</c>; unnamed ones are called s1, s2 … by their place.</summary>
    /// <exception cref="InvalidDataException">One is malformed, or two have one name or one address.</exception>
    public static IReadOnlyList<Backend> ParseAll(IReadOnlyList<string> words)
    {
        List<Backend> backends = [];
        foreach (string word in words)
        {
            Backend backend = Parse(word, backends.Count + 1);
            foreach (Backend other in backends)
            {
                if (other.Name == backend.Name)
                    throw new InvalidDataException($"two backends are called '{backend.Name}'");
                if (other.Address == backend.Address)
                    throw new InvalidDataException($"two backends have the address {backend.Address}");
            }
            backends.Add(backend);
        }
        return backends;
    }

    private static Backend Parse(string word, int place)
    {
        int? weight = null;
        string rest = word;
        int comma = word.LastIndexOf(',');
        if (comma >= 0)
        {
            string option = word[(comma + 1)..];
            if (!option.StartsWith("weight=", StringComparison.Ordinal)
                || !int.TryParse(option.AsSpan("weight=".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > Heaviest)
                throw new InvalidDataException($"backend '{Short(word)}': after the comma stands weight=N, N from 1 to {Heaviest}");
            (weight, rest) = (number, word[..comma]);
        }
        int equals = rest.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? $"s{place}" : rest[..equals];
        if (!IsName(name))
            throw new InvalidDataException($"backend '{Short(word)}': a name has letters, digits, '.', '_' and '-' only, at most {LongestName}, and begins with a letter or digit");
        try
        {
            return new Backend(name, ServerAddress.Parse(rest[(equals + 1)..]), weight);
        }
        catch (InvalidDataException wrong)
        {
            throw new InvalidDataException($"backend {wrong.Message}");
        }
    }

    /// <summary>Whether both programs take it as a name.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static string Short(string text) => text.Length <= 80 ? text : text[..77] + "...";
}
