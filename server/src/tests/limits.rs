//! A full disk.

use super::world::{World, hash};
use fieldpost_common::api::path;
use fieldpost_common::problem::Code;

#[tokio::test]
async fn a_full_disk_refuses_what_is_new_while_polls_and_reads_go_on() {
    let world = World::start().await;
    let mut acme = world.site("acme", "7.7").await;
    acme.tell(&world).await;
    world.publish(&world.ada, "Order.st", ("7.7", "one"), None).await.unwrap();
    let limit = world.server.store.write(|tx| {
        let pages: i64 = tx.pragma_query_value(None, "page_count", |row| row.get(0))?;
        tx.pragma_update_and_check(None, "max_page_count", pages + 2, |_| Ok(()))?;
        Ok::<_, crate::StoreError>(())
    });
    limit.await.unwrap();
    // What can't be packed: hashes of hashes.
    let noise: String = (0..5_000).map(|n| hash(&n.to_string()).to_string()).collect();
    assert_eq!(acme.hand_over(&world, &noise).await.unwrap_err().code, Code::NoSpace);
    let content = path::CONTENT.replace("{sha256}", &hash(&noise).to_string());
    let sent = world.request(reqwest::Method::PUT, &content, &world.ada.token).body(noise.clone()).send().await.unwrap();
    assert_eq!(sent.status().as_u16(), 507);
    assert!(acme.poll(&world).await.unwrap().is_some());
    assert_eq!(acme.poll(&world).await.unwrap(), None);
    assert_eq!(world.word("Order.st", "acme").await, "not_sent");
    let room = world.server.store.write(|tx| {
        tx.pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(()))?;
        Ok::<_, crate::StoreError>(())
    });
    room.await.unwrap();
    acme.hand_over(&world, &noise).await.expect("and takes it once there is room again");
}
