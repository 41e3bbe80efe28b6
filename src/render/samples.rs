//! Code as cards hold it, one sample a language, for the tests of colour and size.

/// Info strings with code.
pub(crate) const SAMPLES: &[(&str, &str)] = &[
    (
        "js",
        r#"// Debounce: run once the calls stop.
function debounce(fn, delay = 300) {
  let timer = null;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => fn.apply(this, args), delay);
  };
}

const user = { name: 'Ada', age: 36, tags: ["math", "code"] };
const { name, ...rest } = user;
console.log(`Hello, ${name.toUpperCase()}!`, rest, 0.1 + 0.2 === 0.3);

class Queue extends Array {
  #limit = 10;
  static async from(items) {
    for await (const item of items) if (/^\d+$/.test(item)) this.push(item);
    return new Promise((resolve) => resolve(typeof items !== 'undefined'));
  }
}
"#,
    ),
    (
        "ts",
        r"interface Repository<T extends { id: string }> {
  find(id: T['id']): Promise<T | undefined>;
  readonly size: number;
}

type Keys<T> = { [K in keyof T]?: T[K] extends Function ? never : K }[keyof T];

export abstract class Service implements Repository<User> {
  constructor(private readonly http: HttpClient, @Inject(TOKEN) protected url: string) {}
  async find(id: string): Promise<User | undefined> {
    const response = await this.http.get<User[]>(`${this.url}/users/${id}`);
    return response?.[0] ?? undefined;
  }
}

enum Color { Red = 'RED', Green = 'GREEN' }
const isString = (value: unknown): value is string => typeof value === 'string';
",
    ),
    (
        "jsx",
        r#"export default function Counter({ start = 0 }) {
  const [count, setCount] = useState(start);
  useEffect(() => { document.title = `Clicked ${count} times`; }, [count]);
  return (
    <div className="counter" style={{ color: 'red' }}>
      <button onClick={() => setCount((c) => c + 1)} disabled={count > 9}>+1</button>
      {count > 0 && <p>{count}</p>}
    </div>
  );
}
"#,
    ),
    (
        "rust",
        r#"use std::collections::HashMap;

/// Counts words.
#[derive(Debug, Clone, Default)]
pub struct Counter<'a> {
    words: HashMap<&'a str, usize>,
}

impl<'a> Counter<'a> {
    pub fn add(&mut self, text: &'a str) -> Result<usize, Error> {
        for word in text.split_whitespace().filter(|w| w.len() > 2) {
            *self.words.entry(word).or_insert(0) += 1;
        }
        match self.words.get("the") {
            Some(&n) if n > 10 => Err(Error::TooMany { n }),
            _ => Ok(self.words.values().sum::<usize>()),
        }
    }
}

fn main() {
    let mut counter = Counter::default();
    println!("{:?}", counter.add("to be or not to be"));
}
"#,
    ),
    (
        "java",
        r#"package com.example;

import java.util.*;

@Service
public class OrderService<T extends Order> implements Comparable<OrderService<T>> {
    private static final int LIMIT = 100;
    private final Map<String, List<T>> orders = new HashMap<>();

    @Override
    public int compareTo(OrderService<T> other) {
        return Integer.compare(this.orders.size(), other.orders.size());
    }

    public Optional<T> find(String id) throws IOException {
        // The first one that is paid.
        return orders.getOrDefault(id, List.of()).stream().filter(o -> o.isPaid()).findFirst();
    }

    public static void main(String[] args) {
        System.out.println("total: " + 3.14f + 'c');
        synchronized (OrderService.class) { for (int i = 0; i < LIMIT; i++) { continue; } }
    }
}
"#,
    ),
    (
        "python",
        r#"from dataclasses import dataclass, field
import asyncio

@dataclass(frozen=True)
class Point:
    """A point in the plane."""
    x: float = 0.0
    y: float = 0.0
    tags: list[str] = field(default_factory=list)

    def __add__(self, other: "Point") -> "Point":
        return Point(self.x + other.x, self.y + other.y)

async def fetch(urls, *, timeout=10):
    # All at once.
    results = await asyncio.gather(*(get(u) for u in urls if u is not None and u.startswith('http')))
    return {url: len(r) for url, r in zip(urls, results)}

if __name__ == "__main__":
    print(f"{Point(1, 2) + Point(3, 4)!r:>20}", lambda x: x ** 2, [i for i in range(10) if i % 2])
"#,
    ),
    (
        "c++",
        r##"#include <iostream>
#include <memory>

template <typename T>
class Stack {
 public:
  explicit Stack(std::size_t n) : data_(std::make_unique<T[]>(n)), size_{0} {}
  virtual ~Stack() = default;
  void push(const T& value) noexcept { data_[size_++] = value; }
  auto top() const -> T { return data_[size_ - 1]; }

 private:
  std::unique_ptr<T[]> data_;
  std::size_t size_;
};

int main() {
  Stack<int> s(10);  // ten ints
  for (auto i = 0; i < 10 && !s.top(); ++i) s.push(i * 2);
  std::cout << "top: " << s.top() << '\n';
  return nullptr == &s ? 1 : 0x1F;
}
"##,
    ),
    (
        "sql",
        r"-- The three best customers of each country.
WITH ranked AS (
  SELECT c.id, c.name, c.country, SUM(o.total) AS spent,
         ROW_NUMBER() OVER (PARTITION BY c.country ORDER BY SUM(o.total) DESC) AS place
  FROM customers c
  LEFT JOIN orders o ON o.customer_id = c.id
  WHERE o.created_at >= '2024-01-01' AND o.status IN ('paid', 'sent')
  GROUP BY c.id, c.name, c.country
  HAVING COUNT(*) > 3
)
SELECT * FROM ranked WHERE place <= 3 ORDER BY country, place LIMIT 100;
CREATE TABLE users (id SERIAL PRIMARY KEY, email VARCHAR(255) NOT NULL UNIQUE, age INT DEFAULT 0);
",
    ),
    (
        "yaml",
        r#"# A workflow.
name: build
on:
  push:
    branches: [main, "release/*"]
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    strategy:
      matrix: { node: [18, 20], os: [linux, windows] }
    steps:
      - uses: actions/checkout@v4
      - name: Install
        run: |
          npm ci
          npm test -- --coverage
        env:
          CI: true
"#,
    ),
    (
        "json",
        r#"{
  "name": "deck",
  "version": "1.0.0",
  "private": true,
  "scripts": { "build": "tsc -p .", "test": "vitest run" },
  "files": ["dist", "README.md"],
  "engines": { "node": ">=18" },
  "count": 42,
  "ratio": 1.5e-3,
  "parent": null
}
"#,
    ),
    (
        "json",
        r#"{"a":1,"b":[1,2,3,4,5,6],"c":{"d":null,"e":true,"f":[{"g":0},{"g":1}]},"h":"x","i":-1}
"#,
    ),
    (
        "dockerfile",
        r#"# syntax=docker/dockerfile:1
FROM node:20-alpine AS build
WORKDIR /app
COPY package*.json ./
RUN npm ci --omit=dev && rm -rf /tmp/*
ENV NODE_ENV=production PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=30s CMD wget -qO- http://localhost:3000/ || exit 1
CMD ["node", "server.js"]
"#,
    ),
    (
        "html",
        r#"<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Cards &amp; decks</title>
  <style>body { margin: 0; color: #333 } .a > .b:hover { width: 50% }</style>
</head>
<body class="page" data-id="1">
  <!-- The form. -->
  <form action="/login" method="post">
    <input type="text" name="user" required>
    <button type="submit" onclick="send()">Go</button>
  </form>
  <script>document.querySelector('form').addEventListener('submit', (e) => e.preventDefault());</script>
</body>
</html>
"#,
    ),
    (
        "css",
        r".card { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 1rem; }
.card:hover > a::after { content: '→'; color: var(--accent, #c33); transform: rotate(45deg) scale(1.2); }
@media (max-width: 600px) { .card { display: block; margin: 0 auto !important; } }
",
    ),
    (
        "bash",
        r#"#!/usr/bin/env bash
set -euo pipefail
for file in "$@"; do
  if [[ -f "$file" && ! -L "$file" ]]; then
    count=$(wc -l < "$file" | tr -d ' ')
    echo "${file##*/}: $count lines" >&2
  fi
done
curl -sS -H "Authorization: Bearer $TOKEN" https://api.example.com/v1/items | jq '.items[] | .id'
git commit -am 'done' && git push origin HEAD:main || exit 1
"#,
    ),
    (
        "go",
        r#"package main

import (
	"fmt"
	"sync"
)

type Shape interface{ Area() float64 }

func worker(id int, jobs <-chan int, results chan<- int, wg *sync.WaitGroup) {
	defer wg.Done()
	for j := range jobs {
		results <- j * 2 // doubled
	}
}

func main() {
	jobs := make(chan int, 100)
	if err := run(jobs); err != nil {
		fmt.Printf("failed: %v\n", err)
	}
	m := map[string][]byte{"a": nil}
	_ = append(m["a"], 'x')
}
"#,
    ),
    (
        "csharp",
        r#"using System.Linq;

namespace Shop;

public record Order(int Id, decimal Total);

public sealed class Cart : IDisposable
{
    private readonly List<Order> _orders = new();
    public int Count => _orders.Count;

    [HttpGet("{id:int}")]
    public async Task<IEnumerable<Order>> FindAsync(int? id = null)
    {
        var found = from o in _orders where o.Id == id orderby o.Total descending select o;
        await Task.Delay(100);
        return found.Any() ? found : throw new KeyNotFoundException($"no order {id}");
    }
    public void Dispose() { }
}
"#,
    ),
    (
        "kotlin",
        r#"data class User(val name: String, val age: Int = 0)

sealed interface Result<out T> { object Empty : Result<Nothing> }

suspend fun load(id: Long): User? = withContext(Dispatchers.IO) {
    val user = repository.find(id) ?: return@withContext null
    when (user.age) {
        in 0..17 -> println("minor: ${user.name}")
        else -> user.also { log(it) }
    }
    user
}
"#,
    ),
    (
        "graphql",
        r#"query Hero($episode: Episode = JEDI, $withFriends: Boolean!) {
  hero(episode: $episode) { name ...F friends @include(if: $withFriends) { name } }
}
type User implements Node { id: ID! name: String posts(first: Int = 10): [Post!]! }
"#,
    ),
    (
        "terraform",
        r#"resource "aws_s3_bucket" "logs" {
  bucket = "my-logs-${var.environment}"
  count  = var.enabled ? 1 : 0
  tags   = { Name = "logs", Owner = local.owner }
}
"#,
    ),
    ("diff", "--- a/x.js\n+++ b/x.js\n@@ -1,2 +1,2 @@\n-const a = 1;\n+const a = 2;\n console.log(a);\n"),
    ("bash", "npm i\n"),
    ("java", "int x = 1;\n"),
    ("js", "a?.b\n"),
];
