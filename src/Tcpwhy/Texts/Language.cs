namespace Tcpwhy.Texts;

/// <summary>A language that the program speaks.</summary>
public enum Language
{
    English,
    Korean,
}
